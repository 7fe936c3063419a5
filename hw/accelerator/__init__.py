"""The whole accelerator: the core, its way to memory, and its registers."""
