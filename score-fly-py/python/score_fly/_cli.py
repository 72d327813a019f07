"""The ``score-fly`` command."""

import signal
import sys

from . import _native


def main() -> int:
    """Run the command line with this process's arguments and give its exit code."""
    # The command runs outside Python, which would otherwise keep Ctrl-C to itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.main(sys.argv)
