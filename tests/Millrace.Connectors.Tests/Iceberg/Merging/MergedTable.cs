using Millrace.Connectors.Common;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>A job that merges rows into <c>lake/orders</c>, epoch by epoch.</summary>
internal sealed class MergedTable : IDisposable
{
    /// <summary>The columns of rows.</summary>
    public static readonly Schema Rows = new(new Field("id", DataType.Int64), new Field("region", DataType.Utf8), new Field("amount", DataType.Int64));

    /// <summary>The columns of changes.</summary>
    public static readonly Schema Changes = new([.. Rows.Fields, new Field("_op", DataType.Utf8), new Field("_unchanged", DataType.List(DataType.Utf8))]);

    private int _epoch;

    public LakeFolder Lake { get; } = new();

    public WriteMode Mode { get; init; } = WriteMode.Merge;

    public IReadOnlyList<string> Key { get; init; } = ["id"];

    public bool IsSnapshot { get; init; }

    public Func<IcebergTargetOptions, IcebergTargetOptions> Options { get; init; } = static o => o;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public Func<Millrace.Storage.LocalStore, Millrace.Storage.IObjectStore> Store { get; init; } = static s => s;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Lake.Dispose();

    /// <summary>Commits an epoch of changes, or of rows where none has an operation; returns how many rows it tells.</summary>
    public async Task<long> WriteAsync(params object?[][] rows)
    {
        await using ISink sink = Open();
        return (await WriteAsync(sink, rows, removesMissing: false)).Rows;
    }

    /// <summary>Commits an epoch of the keys of all rows that there are.</summary>
    public async Task<long> KeepOnlyAsync(params long[] ids)
    {
        await using ISink sink = Open();
        return (await WriteAsync(sink, [.. ids.Select(i => new object?[] { i })], removesMissing: true)).Rows;
    }

    public ISink Open() => new IcebergConnector(Store).OpenSink(Options(new IcebergTargetOptions { Path = Lake.Path }), new ConnectorContext { Job = "merge", Time = Time });

    public async Task<CommitSummary> WriteAsync(ISink sink, object?[][] rows, bool removesMissing)
    {
        await sink.RecoverAsync(Cancellation);
        Schema schema = removesMissing ? Rows.Select([0]) : rows.Any(r => r.Length > Rows.Count) ? Changes : Rows;
        using RecordBatch all = Batch(schema, rows);
        await sink.EnsureSchemaAsync(schema, SchemaEvolution.Evolve, Cancellation);
        await using ISinkWriter writer = await sink.OpenWriterAsync(
            new SinkRequest { Schema = schema, Mode = Mode, Key = Key, RunId = $"run{_epoch}", FencingToken = 1, IsSnapshot = IsSnapshot, RemovesMissing = removesMissing }, Cancellation);
        for (int start = 0; start < all.Length; start += 7)
        {
            using RecordBatch batch = all.Slice(start, Math.Min(7, all.Length - start));
            await writer.WriteAsync(batch, Cancellation);
        }

        await writer.FlushAsync(Cancellation);
        return await writer.CommitAsync(new Checkpoint { Job = "merge", Epoch = ++_epoch, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 1 }, Cancellation);
    }

    /// <summary>The rows, sorted, as <c>1 eu 10</c>.</summary>
    public async Task<string[]> ReadAsync() => [.. (await Lake.ReadAsync()).Select(Short).Order(StringComparer.Ordinal)];

    public async Task<List<DataFile>> FilesAsync(FileContent content) => [.. (await Lake.FilesAsync()).Select(e => e.File).Where(f => f.Content == content)];

    public async Task<string> OperationAsync() => (await Lake.LoadAsync()).Metadata.CurrentSnapshot!.Operation;

    private static string Short(string json)
    {
        using var row = System.Text.Json.JsonDocument.Parse(json);
        return string.Join(' ', row.RootElement.EnumerateObject().Select(p => p.Value.ToString()));
    }

    private static RecordBatch Batch(Schema schema, object?[][] rows)
    {
        var columns = new Column[schema.Count];
        for (int c = 0; c < columns.Length; c++)
        {
            using ColumnBuilder builder = ColumnBuilder.Create(schema[c].Type);
            foreach (object?[] row in rows)
            {
                object? value = c < row.Length ? row[c] : c == Rows.Count ? "U" : null;
                switch (builder, value)
                {
                    case (FixedBuilder<long> b, int v):
                        b.Append(v);
                        break;
                    case (ListBuilder b, string[] names):
                        foreach (string name in names)
                        {
                            ((BinaryBuilder)b.Items).Append(System.Text.Encoding.UTF8.GetBytes(name));
                        }

                        b.AppendRow();
                        break;
                    default:
                        ColumnValue.Append(builder, value);
                        break;
                }
            }

            columns[c] = builder.Build();
        }

        return new RecordBatch(schema, rows.Length, columns);
    }
}
