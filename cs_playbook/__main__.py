"""`python -m cs_playbook`: the same command line as `cs-playbook`."""

from cs_playbook.cli import main

if __name__ == "__main__":
    main()
