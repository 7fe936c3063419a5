"""Who computes what: work queues, imbalance detector, schedule generator."""
