"""From partial sums to an encoded feature map."""
