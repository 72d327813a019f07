from flask import Flask

# This name is left as it is, since only files that end in .j2 are filled.
app = Flask({{name}})
