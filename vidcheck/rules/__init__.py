"""What a call asks: rules.yaml read into Rules, with every place kept."""
