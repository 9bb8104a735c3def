using Millrace.Columnar;
using Millrace.Formats;
using Millrace.TestKit;

namespace Millrace.Fuzz;

/// <summary>A file format, driven through its contract: inspect, plan, read every range, look at every value.</summary>
internal sealed class FormatTarget(string name, FormatOptions[] writing, FormatOptions[] reading, byte[][] tokens) : IFuzzTarget
{
    // Few bytes may rightly stand for very many rows; what comes later tells nothing new.
    private const int MaxRows = 200_000;

    private readonly FileFormat _format = FormatRegistry.BuiltIn.Require(name);

    public string Name => name;

    public IReadOnlyList<byte[]> Tokens => tokens;

    public IEnumerable<byte[]> Seeds(Random random)
    {
        int[] rows = [0, 1, 3, 30, 300];
        for (int i = 0; i < 30; i++)
        {
            // Fewer kinds of types as attempts go on, for formats that cannot hold them all.
            var options = new RandomOptions { MaxDepth = i % 3, MaxTextLength = 8, Types = i % 2 == 0 ? Enum.GetValues<TypeId>() : [TypeId.Int32, TypeId.Utf8, TypeId.Float64, TypeId.Boolean] };
            using RecordBatch batch = new RandomBatches(random.Next(), options).Batch(1 + (i % 5), rows[i % rows.Length]);
            if (TryWrite(batch, writing[i % writing.Length]) is { } file)
            {
                yield return file;
            }
        }
    }

    public void Run(byte[] input) => RunAsync(input).GetAwaiter().GetResult();

    private byte[]? TryWrite(RecordBatch batch, FormatOptions options)
    {
        try
        {
            return WriteAsync(batch, options).GetAwaiter().GetResult();
        }
        catch (MillraceException)
        {
            return null;
        }
    }

    private async Task<byte[]> WriteAsync(RecordBatch batch, FormatOptions options)
    {
        using var stream = new MemoryStream();
        await using IBatchWriter writer = _format.OpenWriter(new StreamByteTarget(stream), batch.Schema, options);
        await writer.WriteAsync(batch, CancellationToken.None);
        await writer.FinishAsync(CancellationToken.None);
        return stream.ToArray();
    }

    private async Task RunAsync(byte[] input)
    {
        // The input itself decides how it is read, so that a reproducer needs nothing else.
        var choice = new Random(Fingerprint.Of(input));
        await using IByteSource source = choice.Next(4) == 0 ? new ShortReadSource(input, choice.Next(1, 100)) : new MemoryByteSource(input, "input");
        FileInspection inspection = await _format.InspectAsync(source, reading[choice.Next(reading.Length)], CancellationToken.None);
        long target = choice.Next(3) switch { 0 => 1, 1 => Math.Max(input.Length / 3, 1), _ => long.MaxValue };
        Schema columns = Choose(inspection.Schema, choice);
        int batchRows = choice.Next(3) switch { 0 => 1, 1 => 7, _ => RecordBatch.DefaultRows };
        IRowErrorHandler errors = choice.Next(2) == 0 ? FailOnRowError.Instance : new IgnoredRowErrors();
        long rows = 0;
        await foreach (FileRange range in _format.PlanAsync(source, inspection, target, CancellationToken.None))
        {
            var request = new FileReadRequest { Columns = columns, Range = range, BatchRows = batchRows, RowErrors = errors };
            await using IBatchReader reader = _format.OpenReader(source, inspection, request);
            while (rows < MaxRows && await reader.ReadAsync(CancellationToken.None) is { } batch)
            {
                using (batch)
                {
                    BatchInvariants.Check(batch, columns);
                    rows += batch.Length;
                }
            }
        }
    }

    private static Schema Choose(Schema schema, Random choice)
    {
        if (choice.Next(3) > 0)
        {
            return schema;
        }

        int[] some = [.. Enumerable.Range(0, schema.Count).Where(_ => choice.Next(2) == 0)];
        return schema.Select(some);
    }
}
