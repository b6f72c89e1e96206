import sys

from nazorg.command import main

sys.exit(main())
