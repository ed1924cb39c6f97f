//! Probabilities and quantiles of the distributions that tests are read by. The numbers are statrs's; here they are
//! made total: an argument without an answer gives none.

use statrs::distribution::{
    Binomial, ChiSquared, ContinuousCDF, DiscreteCDF, FisherSnedecor, Normal, StudentsT,
};

/// P(Z > z) of the standard normal; none of what is not a number.
pub fn normal_above(z: f64) -> Option<f64> {
    (!z.is_nan()).then(|| Normal::standard().sf(z))
}

/// The z with P(Z ≤ z) = `p`, for `p` within (0, 1).
pub fn normal_quantile(p: f64) -> Option<f64> {
    inside(p).then(|| Normal::standard().inverse_cdf(p))
}

/// P(T > t) of Student's t with `freedom` degrees of freedom.
pub fn t_above(t: f64, freedom: f64) -> Option<f64> {
    if t.is_infinite() {
        return (freedom > 0.0).then_some(if t > 0.0 { 0.0 } else { 1.0 });
    }
    let t = Some(t).filter(|t| !t.is_nan())?;
    Some(StudentsT::new(0.0, 1.0, freedom).ok()?.sf(t))
}

/// The t with P(T ≤ t) = `p`, for `p` within (0, 1).
pub fn t_quantile(p: f64, freedom: f64) -> Option<f64> {
    let distribution = StudentsT::new(0.0, 1.0, freedom).ok()?;
    inside(p).then(|| if p == 0.5 { 0.0 } else { distribution.inverse_cdf(p) })
}

/// P(X > x) of chi-square with `freedom` degrees of freedom.
pub fn chi_square_above(x: f64, freedom: f64) -> Option<f64> {
    let distribution = ChiSquared::new(freedom).ok()?;
    tail(x, |x| distribution.sf(x))
}

/// P(X > x) of F with `above` and `below` degrees of freedom.
pub fn f_above(x: f64, above: f64, below: f64) -> Option<f64> {
    let distribution = FisherSnedecor::new(above, below).ok()?;
    tail(x, |x| distribution.sf(x))
}

/// P(K ≥ `least`) of `n` throws that succeed with probability `p`.
pub fn binomial_at_least(least: u64, n: u64, p: f64) -> Option<f64> {
    let distribution = Binomial::new(p, n).ok()?;
    Some(if least == 0 { 1.0 } else { distribution.sf(least - 1) })
}

/// A tail of a distribution over positive numbers.
fn tail(x: f64, above: impl Fn(f64) -> f64) -> Option<f64> {
    match x {
        x if x.is_nan() => None,
        x if x <= 0.0 => Some(1.0),
        f64::INFINITY => Some(0.0),
        x => Some(above(x)),
    }
}

fn inside(p: f64) -> bool {
    p > 0.0 && p < 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<f64>, wanted: f64) {
        let found = found.expect("a probability");
        assert!((found - wanted).abs() <= 1e-9 * wanted.abs().max(1e-3), "{found} is not {wanted}");
    }

    #[test]
    fn tails_agree_with_scipy() {
        close(normal_above(-3.0), 0.998_650_101_968_369_9);
        close(normal_above(0.0), 0.5);
        close(normal_above(1.5), 0.066_807_201_268_858_07);
        close(normal_above(8.0), 6.220_960_574_271_74e-16);
        close(normal_quantile(1e-6), -4.753_424_308_822_899);
        close(normal_quantile(0.025), -1.959_963_984_540_054_5);
        close(normal_quantile(0.5), 0.0);
        close(normal_quantile(0.975), 1.959_963_984_540_054);
        close(t_above(1.703, 27.0), 0.050_027_321_687_101_854);
        close(t_above(-2.0, 3.0), 0.930_337_015_720_578_5);
        close(t_above(6.0, 6.0), 0.000_482_267_597_207_566_26);
        close(t_above(40.0, 27.0), 7.149_375_651_160_739e-26);
        close(t_above(0.3, 1.0), 0.407_226_420_922_257_7);
        close(t_quantile(0.95, 27.0), 1.703_288_445_722_126_5);
        close(t_quantile(0.025, 5.0), -2.570_581_835_636_315_5);
        close(t_quantile(0.999, 2.0), 22.327_124_770_119_866);
        close(t_quantile(0.5, 4.0), 0.0);
        close(t_quantile(0.9999, 1000.0), 3.732_851_604_575_396_6);
        close(chi_square_above(3.84, 1.0), 0.050_043_521_248_705_19);
        close(chi_square_above(25.0, 9.0), 0.002_971_180_485_917_624);
        close(chi_square_above(200.0, 30.0), 4.952_733_529_003_222_4e-27);
        close(f_above(3.0, 2.0, 20.0), 0.072_538_150_286_405_71);
        close(f_above(12.0, 5.0, 7.0), 0.002_519_630_018_772_89);
        close(binomial_at_least(8, 10, 0.5), 0.054_687_5);
        close(binomial_at_least(3, 1000, 0.001), 0.080_209_342_840_201);
        close(binomial_at_least(60, 100, 0.5), 0.028_443_966_820_490_444);
    }

    #[test]
    fn what_has_no_answer_is_none() {
        for p in [0.0, 1.0, -1.0, f64::NAN] {
            assert_eq!((normal_quantile(p), t_quantile(p, 5.0)), (None, None), "{p}");
        }
        assert_eq!(t_above(1.0, 0.0), None);
        assert_eq!(t_above(f64::NAN, 3.0), None);
        assert_eq!(t_above(f64::INFINITY, 3.0), Some(0.0));
        assert_eq!(t_above(f64::NEG_INFINITY, 3.0), Some(1.0));
        assert_eq!(chi_square_above(f64::NAN, 1.0), None);
        assert_eq!(chi_square_above(-1.0, 1.0), Some(1.0));
        assert_eq!(f_above(f64::INFINITY, 1.0, 2.0), Some(0.0));
        assert_eq!(binomial_at_least(1, 1, f64::NAN), None);
        assert_eq!(binomial_at_least(0, 0, 0.5), Some(1.0));
        assert_eq!(binomial_at_least(4, 3, 0.5), Some(0.0));
    }
}
