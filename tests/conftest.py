"""What all tests share."""

collect_ignore = ["cli/input", "rulebooks"]
"""Case files that tests feed to the program, some of them faulty: no tests themselves."""
