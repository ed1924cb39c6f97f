//! From a fitted forecast to bytes.

use super::{Head, HeadSeries, MAGIC, VERSION};
use crate::artifact::{Writer, seal};
use crate::evaluate::Conformal;
use crate::forecast::{Fitted, Kept, Learnt};

impl Fitted {
    /// The model as bytes: everything that is needed to forecast, nothing that is only needed to train.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Writer::default();
        body.bytes(&serde_json::to_vec(&self.head()).expect("the head holds nothing that JSON cannot"));
        conformal(&mut body, &self.conformal);
        learnt(&mut body, &self.learnt);
        for kept in &self.series {
            series(&mut body, kept);
        }
        body.u64(self.issued.len() as u64);
        for issued in &self.issued {
            body.u64(issued.cutoff as u64);
            body.f64s(&issued.units);
            issued.paths.iter().for_each(|path| body.f64s(path));
        }
        match &self.nodes {
            None => body.u32(0),
            Some(nodes) => {
                body.u32(1);
                body.bytes(&nodes.fitted.to_bytes());
                nodes.reconciler.write(&mut body);
            }
        }
        seal(MAGIC, VERSION, &body.0)
    }

    fn head(&self) -> Head {
        let of_series = |kept: &Kept| HeadSeries {
            key: kept.key.clone(),
            closures: kept.closures.clone(),
            non_negative: kept.non_negative,
        };
        Head {
            engine: self.learnt.engine(),
            periods: self.periods,
            first: self.first,
            len: self.len,
            horizon: self.horizon,
            levels: self.levels.clone(),
            missing: self.missing,
            adapted_until: self.adapted_until,
            known_names: self.known_names.clone(),
            plan: self.learnt.booster().map(|booster| booster.plan.clone()),
            series: self.series.iter().map(of_series).collect(),
            report: self.report.clone(),
        }
    }
}

fn learnt(out: &mut Writer, learnt: &Learnt) {
    match learnt {
        Learnt::SeasonalNaive | Learnt::WeekdayMean => {}
        Learnt::Gbdt(booster) => booster.ensemble.write(out),
        Learnt::Smoothed(_, series) => series.iter().for_each(|one| one.write(out)),
        Learnt::Blend(blend) => {
            out.u64(blend.members.len() as u64);
            for member in &blend.members {
                out.bytes(&serde_json::to_vec(&member.engine()).expect("an engine is a word"));
                self::learnt(out, member);
            }
            blend.shares.iter().for_each(|shares| out.f64s(shares));
        }
    }
}

fn conformal(out: &mut Writer, conformal: &Conformal) {
    out.u64(conformal.ends.len() as u64);
    for (&end, quantiles) in conformal.ends.iter().zip(&conformal.quantiles) {
        out.u32(end);
        out.f64s(quantiles);
    }
    out.f64s(&conformal.spread);
    conformal.drift.iter().for_each(|&drift| out.f64(drift));
}

fn series(out: &mut Writer, kept: &Kept) {
    out.f64s(&kept.tail);
    out.bytes(&kept.kinds.iter().map(|&kind| kind as u8).collect::<Vec<u8>>());
    out.f64(kept.unit);
    out.f64s(&kept.ready);
    out.f32s(&kept.statics);
    out.u64(kept.known.len() as u64);
    kept.known.iter().for_each(|column| out.f32s(column));
    out.u64(kept.summary.count);
    out.f64(kept.summary.mean);
    out.f64s(&kept.summary.ewma);
    out.u64(kept.summary.flags.len() as u64);
    for &(mean, times) in &kept.summary.flags {
        out.f64(mean);
        out.u64(times);
    }
}
