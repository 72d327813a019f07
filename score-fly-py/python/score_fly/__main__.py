"""``python -m score_fly`` is the ``score-fly`` command."""

import sys

from ._cli import main

if __name__ == "__main__":
    sys.exit(main())
