"""What is wrong: findings, and the diagnosis of the cell behind them."""
