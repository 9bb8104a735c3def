using Millrace.Connectors.Datagen;

namespace Millrace.Connectors.Tests.Datagen;

/// <summary>Every test of a source, for a table whose rows are worked out here.</summary>
public sealed class DatagenConformanceTests : SourceConformance
{
    private const int Rows = 400;

    protected override Connector Connector { get; } = new DatagenConnector();

    protected override IReadOnlyList<string> ExpectedRows { get; } =
        [.. Enumerable.Range(0, Rows).Select(n => $$"""{"id":{{5 + (3 * n)}},"name":"user-{{5 + (3 * n):0000}}","none":null,"at":"{{new DateTime(2024, 1, 1).AddMilliseconds(250 * n):yyyy-MM-ddTHH:mm:ss.ffffff}}"}""")];

    protected override object CreateOptions() => Generated.Options(
        $"rows={Rows}",
        "columns.id=integer",
        "columns.name=varchar",
        "columns.none=date",
        "columns.at=timestamp",
        "fields.id.kind=sequence",
        "fields.id.start=5",
        "fields.id.step=3",
        "fields.name.kind=template",
        "fields.name.template=user-{id:4}",
        "fields.none.kind=constant",
        "fields.at.kind=time",
        "fields.at.step=250ms");
}

/// <summary>The same for a table of every kind, whose rows are those of a read in one piece.</summary>
public sealed class EveryKindConformanceTests : SourceConformance
{
    protected override Connector Connector { get; } = new DatagenConnector();

    protected override IReadOnlyList<string> ExpectedRows { get; } = Generated.RowsAsync(Tables.EveryKind(200), new ReadRequest { BatchRows = 4096, SplitBytes = 1 << 30 }).GetAwaiter().GetResult();

    protected override ReadRequest Request { get; } = new() { BatchRows = 23, SplitBytes = 40_000 };

    protected override object CreateOptions() => Tables.EveryKind(200);
}
