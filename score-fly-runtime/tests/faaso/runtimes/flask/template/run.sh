#!/bin/sh
exec venv/bin/uwsgi --http 0.0.0.0:3000 --master -p 1 -w funko:app
