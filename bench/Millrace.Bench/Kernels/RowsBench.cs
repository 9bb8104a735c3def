using BenchmarkDotNet.Attributes;
using Millrace.Columnar;

namespace Millrace.Bench.Kernels;

/// <summary>What do the other kernels over rows cost: take, concatenate, compare by number, least and greatest?</summary>
public class RowsBench
{
    private readonly Column _longs = SampleColumns.Of(DataType.Int64);
    private readonly Column _texts = SampleColumns.Of(DataType.Utf8);
    private readonly BooleanColumn _some = SampleColumns.Mask(0.3);
    private readonly BooleanColumn _others = SampleColumns.Mask(0.6, seed: 5);
    private readonly int[] _rows = [.. Enumerable.Range(0, SampleColumns.Rows).Select(i => (i * 2654435761L % SampleColumns.Rows)).Select(i => (int)i)];
    private readonly bool[] _equal = new bool[SampleColumns.Rows];

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void TakeInt64() => Take.Rows(_longs, _rows).Dispose();

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void TakeText() => Take.Rows(_texts, _rows).Dispose();

    [Benchmark(OperationsPerInvoke = 2 * SampleColumns.Rows)]
    public void ConcatInt64() => Concat.Columns([_longs, _longs]).Dispose();

    [Benchmark(OperationsPerInvoke = 2 * SampleColumns.Rows)]
    public void ConcatText() => Concat.Columns([_texts, _texts]).Dispose();

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void RowsEqualInt64() => RowEquality.Test([_longs], _rows, [_longs], _rows, _equal);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void RowsEqualText() => RowEquality.Test([_texts], _rows, [_texts], _rows, _equal);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public bool MinMaxInt64() => MinMax.TryFind(_longs, out _, out _);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public bool MinMaxText() => MinMax.TryFind(_texts, out _, out _);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void AndOfBooleans() => Logic.And(_some, _others).Dispose();
}
