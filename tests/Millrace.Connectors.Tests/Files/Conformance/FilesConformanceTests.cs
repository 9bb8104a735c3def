using System.Globalization;
using Millrace.Connectors.Files;
using Millrace.Formats;

namespace Millrace.Connectors.Tests.Files;

/// <summary>CSV files in partition folders, read as one stream.</summary>
public sealed class FilesSourceConformanceTests : SourceConformance, IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly List<string> _rows = [];

    public FilesSourceConformanceTests()
    {
        for (int file = 0; file < 6; file++)
        {
            var text = new System.Text.StringBuilder("id,name,price\n");
            for (int i = 0; i < 200; i++)
            {
                long id = (file * 1000) + i;
                string name = i % 9 == 0 ? "" : $"row {id}";
                text.Append(CultureInfo.InvariantCulture, $"{id},{name},{id}.25\n");
                _rows.Add(string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{id},\"name\":{(name.Length == 0 ? "null" : $"\"{name}\"")},\"price\":{id}.25,\"part\":{file}}}"));
            }

            _folder.Write($"part={file}/data.csv", text.ToString());
        }
    }

    protected override Connector Connector { get; } = new FilesConnector();

    protected override IReadOnlyList<string> ExpectedRows => _rows;

    protected override object CreateOptions() => new FilesSourceOptions { Path = [_folder.Path] };

    public void Dispose() => _folder.Dispose();
}

/// <summary>A folder of Parquet files.</summary>
public sealed class DatasetConformanceTests : FilesSinkConformance
{
    protected override object CreateOptions() => new FilesTargetOptions { Path = Folder["out/"], MaxFileRows = 64 };
}

/// <summary>A folder of partitioned files.</summary>
public sealed class PartitionedConformanceTests : FilesSinkConformance
{
    protected override object CreateOptions() => new FilesTargetOptions { Path = Folder["out/"], Partition = ["bucket(3, id) as b"], MaxOpenFiles = 2 };
}

/// <summary>One compressed CSV file.</summary>
public sealed class SingleFileConformanceTests : FilesSinkConformance
{
    protected override object CreateOptions() => new FilesTargetOptions { Path = Folder["out/rows.csv.gz"] };
}

public abstract class FilesSinkConformance : SinkConformance, IDisposable
{
    protected TempFolder Folder { get; } = new(inMemory: true);

    protected override Connector Connector { get; } = new FilesConnector();

    protected override async Task<IReadOnlyList<string>> ReadBackAsync()
    {
        var options = new FilesSourceOptions { Path = [Folder["out"]], Missing = MissingFiles.Skip };
        if (!Directory.Exists(Folder["out"]) || !Folder.Files().Any(f => f.StartsWith("out/", StringComparison.Ordinal) && !f.Contains("/.", StringComparison.Ordinal) && !f.Contains("/_", StringComparison.Ordinal)))
        {
            return [];
        }

        await using ISource source = Connector.OpenSource(options, Context);
        ReadRequest request = new() { Columns = [new RequestedColumn("id", DataType.Int64), new RequestedColumn("name", DataType.Utf8)] };
        await using IReadPlan plan = await source.PlanAsync(request, default);
        return await PlanReading.ReadAllAsync(plan);
    }

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
