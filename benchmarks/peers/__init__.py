"""The engines that people would pick instead, each set up as its own documentation says is fastest."""
