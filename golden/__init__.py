"""What is computed: bit-exact integer arithmetic in numpy, without a clock."""
