//! Spherical k-means, without chance: the first centres are rows at even distances.

/// Assigns each of the `rows` (of `width` numbers, of length 1) to one of `count` centres; gives the
/// centre of each row and the centres.
pub(super) fn cluster(rows: &[f32], width: usize, count: usize, rounds: usize) -> (Vec<u16>, Vec<f32>) {
    let many = rows.len() / width;
    let mut centres: Vec<f32> = (0..count)
        .flat_map(|index| rows.chunks_exact(width).nth(index * many / count).unwrap_or_default().to_vec())
        .collect();
    let mut of_row = vec![0_u16; many];
    for _ in 0..rounds {
        let before = of_row.clone();
        // Halves by thread; each row's answer depends on nothing else.
        let half = many.div_ceil(2).max(1);
        std::thread::scope(|scope| {
            for (rows, answers) in rows.chunks(half * width).zip(of_row.chunks_mut(half)) {
                let centres = &centres;
                scope.spawn(move || {
                    for (row, answer) in rows.chunks_exact(width).zip(answers) {
                        *answer = nearest(row, centres, width);
                    }
                });
            }
        });
        if before == of_row {
            break;
        }
        let mut sums = vec![0_f32; centres.len()];
        for (row, &centre) in rows.chunks_exact(width).zip(&of_row) {
            if let Some(sum) = sums.chunks_exact_mut(width).nth(usize::from(centre)) {
                sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
            }
        }
        for (centre, sum) in centres.chunks_exact_mut(width).zip(sums.chunks_exact(width)) {
            let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
            // A centre that lost all its rows stays where it was.
            if length > 0.0 {
                centre.iter_mut().zip(sum).for_each(|(c, x)| *c = x / length);
            }
        }
    }
    (of_row, centres)
}

/// Numbers that are multiplied side by side; a width is a multiple of it, or the rest counts for nothing.
pub(super) const LANES: usize = 16;

fn nearest(row: &[f32], centres: &[f32], width: usize) -> u16 {
    let mut best = (f32::MIN, 0_u16);
    let (row, _) = row.as_chunks::<LANES>();
    for (index, centre) in (0_u16..).zip(centres.chunks_exact(width)) {
        // Sums of their own lanes, so that the compiler may add them side by side.
        let mut lanes = [0_f32; LANES];
        let (centre, _) = centre.as_chunks::<LANES>();
        for (a, b) in row.iter().zip(centre) {
            for ((lane, x), y) in lanes.iter_mut().zip(a).zip(b) {
                *lane += x * y;
            }
        }
        let likeness: f32 = lanes.iter().sum();
        if likeness > best.0 {
            best = (likeness, index);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_point_one_way_share_a_centre() {
        let mut rows = [0.0; 4 * LANES];
        for (row, (x, y)) in
            rows.chunks_exact_mut(LANES).zip([(1.0, 0.0), (0.9998, 0.02), (0.0, 1.0), (0.02, 0.9998)])
        {
            row[0] = x;
            row[1] = y;
        }
        let (of_row, _) = cluster(&rows, LANES, 2, 5);
        assert_eq!(of_row, [0, 0, 1, 1]);
    }
}
