"""What management does about people's data: erase, hand out answers, decide how long things are kept."""
