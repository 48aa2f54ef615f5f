"""The orders of a seasonal ARIMA and what follows from them alone."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Orders:
    """ARIMA(p,d,q)(P,D,Q)m: `phi(B) Phi(B^m) (1-B)^d (1-B^m)^D (y_t - trend) = theta(B) Theta(B^m) e_t`.

    `has_mean` gives the differenced series a mean: the level of an undifferenced series, the drift of a differenced
    one.
    """

    p: int
    d: int
    q: int
    P: int = 0
    D: int = 0
    Q: int = 0
    m: int = 1
    has_mean: bool = False

    @property
    def n_coefficients(self) -> int:
        """Autoregressive and moving-average coefficients; mean and variance do not count."""
        return self.p + self.q + self.P + self.Q

    @property
    def n_parameters(self) -> int:
        """Everything estimated: coefficients, mean, variance of the errors."""
        return self.n_coefficients + int(self.has_mean) + 1

    @property
    def lost(self) -> int:
        """Values that differencing uses up."""
        return self.d + self.m * self.D

    @property
    def ar_degree(self) -> int:
        return self.p + self.m * self.P

    @property
    def ma_degree(self) -> int:
        return self.q + self.m * self.Q

    @property
    def memory(self) -> int:
        """Steps before the sample that its first values still depend on."""
        return max(self.ar_degree, self.ma_degree)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients, in the order of the coefficient vector."""
        blocks = (("ar", self.p), ("ma", self.q), ("sar", self.P), ("sma", self.Q))
        return tuple(f"{block}{lag}" for block, count in blocks for lag in range(1, count + 1))

    @property
    def mean_name(self) -> str:
        return "drift" if self.d + self.D else "mean"

    @property
    def description(self) -> str:
        """The model's name, such as `ARIMA(2,1,1)(0,1,1)[12] with drift`."""
        is_seasonal = self.P + self.D + self.Q > 0
        season = f"({self.P},{self.D},{self.Q})[{self.m}]" if is_seasonal else ""
        mean = f" with {self.mean_name}" if self.has_mean else ""
        return f"ARIMA({self.p},{self.d},{self.q}){season}{mean}"
