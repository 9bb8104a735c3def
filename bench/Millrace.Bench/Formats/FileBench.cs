using BenchmarkDotNet.Attributes;
using Millrace.Bench.Kernels;
using Millrace.Columnar;
using Millrace.Formats;

namespace Millrace.Bench.Formats;

/// <summary>What does a row of five columns cost to read and to write, by format, from and to memory?</summary>
public class FileBench
{
    private const int Batches = 10;
    private const int Rows = Batches * SampleColumns.Rows;

    private static readonly Schema Schema = new(
        new Field("id", DataType.Int64),
        new Field("count", DataType.Int32),
        new Field("price", DataType.Decimal(18, 2)),
        new Field("rate", DataType.Float64),
        new Field("text", DataType.Utf8));

    private readonly RecordBatch _batch = new(Schema, SampleColumns.Rows, [.. Schema.Fields.Select(f => SampleColumns.Of(f.Type, nulls: 0.05))]);
    private FileFormat _format = null!;
    private FormatOptions _options = null!;
    private MemoryByteSource _file = null!;
    private FileInspection _inspection = null!;

    [Params("csv", "json", "avro", "parquet")]
    public string Format { get; set; } = "";

    [GlobalSetup]
    public async Task Setup()
    {
        _format = FormatRegistry.BuiltIn.Require(Format);
        _options = (FormatOptions)Activator.CreateInstance(_format.OptionsType)!;
        using var stream = new MemoryStream();
        await WriteTo(stream);
        _file = new MemoryByteSource(stream.ToArray());
        _inspection = await _format.InspectAsync(_file, _options, CancellationToken.None);
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public async Task<long> Read()
    {
        var request = new FileReadRequest { Columns = Schema, Range = FileRange.Whole(_file.Length) };
        long rows = 0;
        await foreach (FileRange range in _format.PlanAsync(_file, _inspection, long.MaxValue, CancellationToken.None))
        {
            await using IBatchReader reader = _format.OpenReader(_file, _inspection, request with { Range = range });
            while (await reader.ReadAsync(CancellationToken.None) is { } batch)
            {
                rows += batch.Length;
                batch.Dispose();
            }
        }

        return rows == Rows ? rows : throw new InvalidOperationException($"{rows} rows instead of {Rows}.");
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public Task Write() => WriteTo(Stream.Null);

    private async Task WriteTo(Stream stream)
    {
        await using IBatchWriter writer = _format.OpenWriter(new StreamByteTarget(stream), Schema, _options);
        for (int i = 0; i < Batches; i++)
        {
            await writer.WriteAsync(_batch, CancellationToken.None);
        }

        await writer.FinishAsync(CancellationToken.None);
    }
}
