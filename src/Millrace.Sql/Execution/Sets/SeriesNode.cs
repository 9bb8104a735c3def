using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary><c>generate_series</c>: each row once for each value from one to another. A row with a null in its arguments has none.</summary>
public sealed class SeriesNode : StreamNode
{
    /// <param name="schema">The input's first columns and the value.</param>
    /// <param name="input">The rows.</param>
    /// <param name="width">How many of the input's columns come out.</param>
    /// <param name="from">The column of the first value.</param>
    /// <param name="to">The column of the last value.</param>
    /// <param name="step">The column of the distance: of the value's type, or an interval.</param>
    public SeriesNode(Schema schema, PhysicalNode input, int width, int from, int to, int step)
        : base(schema, input) => (Width, From, To, Step) = (width, from, to, step);

    public int Width { get; }

    public int From { get; }

    public int To { get; }

    public int Step { get; }

    /// <summary>Whether it goes back from a row to the one before it, so that months are counted from either of them.</summary>
    public bool IsGap { get; init; }

    public override string Name => "Series";

    public override string Details => Schema[Width].Name;

    public override LaneOperator Open(QueryRun run, IDisposable? shared, LaneOperator output)
    {
        DataType type = Schema[Width].Type;
        return type.Id switch
        {
            TypeId.Int32 => new SeriesLane<int>(this, output, run.Context.Cancellation, static (v, s) => int.CreateTruncating((long)v + s), Series.Reaches, Series.IsZero),
            TypeId.Int64 => new SeriesLane<long>(this, output, run.Context.Cancellation, static (v, s) => unchecked(v + s), Series.Reaches, Series.IsZero),
            TypeId.Decimal => new SeriesLane<Int128>(this, output, run.Context.Cancellation, static (v, s) => unchecked(v + s), Series.Reaches, Series.IsZero),
            TypeId.Float32 => new SeriesLane<float>(this, output, run.Context.Cancellation, static (v, s) => v + s, Series.Reaches, Series.IsZero),
            TypeId.Float64 => new SeriesLane<double>(this, output, run.Context.Cancellation, static (v, s) => v + s, Series.Reaches, Series.IsZero),
            TypeId.Timestamp => new TimeSeriesLane(this, type, output, run.Context),
            _ => throw new System.Diagnostics.UnreachableException($"There are no series of {type}."),
        };
    }
}
