using System.Text.Json;
using Millrace.Connectors.Files;
using Millrace.Formats;
using Millrace.Formats.Csv;
using Millrace.Formats.Parquet;
using Millrace.Runtime;

namespace Millrace.Connectors.Tests.Files;

/// <summary>Files are written exactly once, wherever the run and its disk fail.</summary>
[Trait("speed", "slow")]
public sealed class GuaranteeTests
{
    public static TheoryData<string> Targets => ["csv", "parquet", "partitions", "one file"];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task A_job_that_dies_or_fails_at_any_step_writes_every_row_once(string kind)
    {
        ProofReport report = await GuaranteeProof.RunAsync(() => New(kind), Options(kind) with { Kinds = [FaultKind.Crash, FaultKind.Error] });
        Assert.Equal(DeliveryGuarantee.ExactlyOnce, report.Guarantee);
        Assert.True(report.Steps > 40 && report.Faults > report.Steps, report.ToString());
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task A_job_whose_disk_hangs_gives_up_and_goes_on_when_it_is_started_again(string kind)
        => await GuaranteeProof.RunAsync(() => New(kind), Options(kind) with { Kinds = [FaultKind.Hang], Stride = 3, RandomCases = 5 });

    [Theory]
    [MemberData(nameof(Targets))]
    public Task Nothing_leaks_from_a_run_that_is_interrupted(string kind) => LeakCheck.RunAsync(()
        => GuaranteeProof.RunAsync(() => New(kind), Options(kind) with { Rows = 8, EpochRows = kind == "one file" ? null : 4, Stride = 2, RandomCases = 0 }));

    // A file is one indivisible thing, so the job is: it reads all and replaces all.
    private static ProofOptions Options(string kind) => kind == "one file"
        ? new ProofOptions { EpochRows = null, WriteMode = WriteMode.Overwrite, ReadMode = ReadMode.Full }
        : new ProofOptions { Rows = 20, RandomCases = 15 };

    private static ProofTarget New(string kind)
    {
        var folder = new TempFolder(inMemory: true);
        string format = kind == "parquet" ? "parquet" : "csv";
        return new ProofTarget
        {
            Connector = plan => new FilesConnector(FormatRegistry.BuiltIn, store => new FaultyStore(store, plan)),
            Options = new FilesTargetOptions
            {
                Path = kind == "one file" ? folder["out.csv"] : folder.Path + "/",
                Format = kind == "one file" ? null : new OptionChoice<FormatChoices>(format, new OptionMap(new ErrorPlace())),
                Partition = kind == "partitions" ? ["bucket(3, id)"] : [],
                KeepPartitionColumns = true,
                MaxOpenFiles = 2,
            },
            ReadBack = () => ReadAsync(folder),
            Release = folder.Dispose,
        };
    }

    // What another program would see: files whose names and folders are not hidden.
    private static async Task<IReadOnlyList<string>> ReadAsync(TempFolder folder)
    {
        var rows = new List<string>();
        foreach (string file in folder.Files().Where(f => !f.Split('/').Any(p => p[0] is '.' or '_')))
        {
            rows.AddRange(file.EndsWith(".csv", StringComparison.Ordinal) ? CsvRows(folder[file]) : await ParquetRowsAsync(folder[file]));
        }

        return rows;
    }

    private static IEnumerable<string> CsvRows(string path)
    {
        string text = File.ReadAllText(path);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return text.Split('\n')[1..^1].Select(l => l.TrimEnd('\r').Split(',')).Select(l => $$"""{"id":{{l[0]}},"name":{{JsonSerializer.Serialize(l[1])}}}""");
    }

    private static async Task<IReadOnlyList<string>> ParquetRowsAsync(string path)
    {
        await using var source = new FileByteSource(path);
        FileFormat format = FormatRegistry.BuiltIn.FindByPath(path)!;
        FileInspection inspection = await format.InspectAsync(source, new ParquetOptions(), default);
        var request = new FileReadRequest { Columns = inspection.Schema, Range = new FileRange(0, source.Length) };
        await using IBatchReader reader = format.OpenReader(source, inspection, request);
        var rows = new List<string>();
        while (await reader.ReadAsync(default) is { } batch)
        {
            using (batch)
            {
                rows.AddRange(ColumnText.Rows(batch));
            }
        }

        return rows;
    }
}
