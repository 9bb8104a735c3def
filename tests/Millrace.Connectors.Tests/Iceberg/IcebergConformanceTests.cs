using System.Globalization;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>A table of one unpartitioned folder.</summary>
public sealed class PlainTableConformanceTests : IcebergSinkConformance
{
    protected override object CreateOptions() => new IcebergTargetOptions { Path = Lake.Path };
}

/// <summary>A partitioned table with more partitions than open files, and gzip metadata.</summary>
public sealed class PartitionedTableConformanceTests : IcebergSinkConformance
{
    protected override object CreateOptions() => new IcebergTargetOptions
    {
        Path = Lake.Path,
        Partition = ["bucket(5, id)", "truncate(5, name)"],
        MaxOpenFiles = 2,
        Properties = new Dictionary<string, string> { ["write.metadata.compression-codec"] = "gzip" },
    };
}

/// <summary>A table of format version 1.</summary>
public sealed class Version1ConformanceTests : IcebergSinkConformance
{
    protected override object CreateOptions() => new IcebergTargetOptions { Path = Lake.Path, FormatVersion = 1 };
}

public abstract class IcebergSinkConformance : SinkConformance, IDisposable
{
    private protected LakeFolder Lake { get; } = new();

    protected override Connector Connector { get; } = new IcebergConnector();

    protected override async Task<IReadOnlyList<string>> ReadBackAsync() => Directory.Exists(Lake.Path + "/metadata") ? await Lake.ReadAsync() : [];

    public void Dispose()
    {
        Lake.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A partitioned table of several commits.</summary>
public sealed class IcebergSourceConformanceTests : SourceConformance, IAsyncLifetime
{
    private readonly LakeFolder _lake = new();
    private readonly List<string> _rows = [];

    protected override Connector Connector { get; } = new IcebergConnector();

    protected override IReadOnlyList<string> ExpectedRows => _rows;

    protected override ReadRequest Request { get; } = new() { Stream = "orders", BatchRows = 7, SplitBytes = 1024 };

    protected override object CreateOptions() => new IcebergSourceOptions { Path = _lake.Path };

    public async ValueTask InitializeAsync()
    {
        var columns = new Schema(new Field("id", DataType.Int64), new Field("name", DataType.Utf8), new Field("price", DataType.Decimal(9, 2)));
        for (int commit = 0; commit < 4; commit++)
        {
            var rows = new List<object?[]>();
            for (int i = 0; i < 100; i++)
            {
                long id = (commit * 1000) + i;
                rows.Add([id, i % 9 == 0 ? null : $"row {id}", (Int128)((id * 100) + 25)]);
                _rows.Add(string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{id},\"name\":{(i % 9 == 0 ? "null" : $"\"row {id}\"")},\"price\":{id}.25}}"));
            }

            using RecordBatch batch = LakeFolder.Batch(columns, rows);
            await _lake.WriteAsync(batch, options: o => o with { Partition = ["bucket(2, id)"] });
        }
    }

    public ValueTask DisposeAsync()
    {
        _lake.Dispose();
        return ValueTask.CompletedTask;
    }
}
