using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Steps of series of numbers.</summary>
internal static class Series
{
    public static bool Reaches<T>(T value, T to, bool up)
        where T : unmanaged, INumber<T> => up ? value <= to : value >= to;

    public static bool IsZero<T>(T step)
        where T : unmanaged, INumber<T> => T.IsZero(step);
}

/// <summary>A lane of a series of numbers.</summary>
internal sealed class SeriesLane<T>(SeriesNode node, LaneOperator output, CancellationToken cancellation, Func<T, T, T> add, Func<T, T, bool, bool> reaches, Func<T, bool> isZero) : LaneOperator
    where T : unmanaged, INumber<T>
{
    private readonly FixedBuilder<T> _values = new(node.Schema[node.Width].Type);
    private RowMultiplier? _rows;

    public override bool IsSatisfied => output.IsSatisfied;

    public override void Push(Chunk chunk)
    {
        _rows ??= new RowMultiplier(node.Schema, node.Width, output, cancellation, _values);
        (Column from, Column to, Column step) = (chunk.Rows[node.From], chunk.Rows[node.To], chunk.Rows[node.Step]);
        for (int row = 0; row < chunk.Rows.Length; row++)
        {
            if (from.IsNull(row) || to.IsNull(row) || step.IsNull(row))
            {
                continue;
            }

            T distance = ((FixedColumn<T>)step).Values[row];
            T last = ((FixedColumn<T>)to).Values[row];
            if (isZero(distance))
            {
                throw SetErrors.ZeroStep();
            }

            bool up = T.IsPositive(distance);
            T value = ((FixedColumn<T>)from).Values[row];
            while (reaches(value, last, up))
            {
                _rows.Add(row);
                _values.Append(value);
                if (_rows.IsFull && !_rows.Flush(chunk))
                {
                    return;
                }

                T next = add(value, distance);

                // Behind the largest number there is none; a float can be too large to move.
                if (up ? next <= value : next >= value)
                {
                    break;
                }

                value = next;
            }
        }

        _rows.Flush(chunk);
    }

    public override void Finish() => output.Finish();

    public override void Dispose() => _values.Dispose();
}
