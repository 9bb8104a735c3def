using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>An accumulator that keeps all its rows until the end. Its state is a list of them.</summary>
/// <param name="type">Type of the result.</param>
/// <param name="columns">Types of the arguments that are kept.</param>
internal abstract class RowAccumulator(DataType type, params IReadOnlyList<DataType> columns) : Accumulator
{
    public sealed override DataType Type => type;

    public sealed override IReadOnlyList<DataType> StateTypes => [Rows.StateType];

    public sealed override bool KeepsRows => true;

    public override long ByteSize => Rows.ByteSize;

    protected RowStore Rows { get; } = new(columns);

    public override void Resize(int groups) => Rows.Resize(groups);

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights) => Rows.Add(groups, arguments);

    public sealed override Column[] Export(int start, int count) => [Rows.Export(start, count)];

    public override void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups) => Rows.Import(states[0], groups);

    public override void Clear(int start, int count) => Rows.Clear(start, count);

    public override void Dispose() => Rows.Dispose();
}
