using System.Globalization;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>A table is written exactly once through every catalog, wherever the run, its store or the catalog fails.</summary>
[Trait("speed", "slow")]
public sealed class CatalogGuaranteeTests
{
    public static TheoryData<string> Catalogs => ["rest", "sql", "glue"];

    // Every step is tried where MILLRACE_CATALOG_STRIDE is 1.
    private static int Stride { get; } = int.TryParse(Environment.GetEnvironmentVariable("MILLRACE_CATALOG_STRIDE"), CultureInfo.InvariantCulture, out int stride) ? stride : 12;

    [Theory]
    [MemberData(nameof(Catalogs))]
    public async Task A_job_that_dies_or_fails_at_any_step_writes_every_row_once(string kind)
    {
        int tables = 0;
        using CatalogHarness harness = kind switch { "rest" => new RestHarness(), "sql" => new SqlHarness(), _ => new GlueHarness() };
        ProofReport report = await GuaranteeProof.RunAsync(
            () =>
            {
                string table = string.Join('.', harness.Namespace.Append($"orders{tables++}"));
                return new ProofTarget
                {
                    Connector = plan => new IcebergConnector(store => new FaultyStore(store, plan), catalog => new FaultyCatalog(catalog, plan)),
                    Options = harness.Target(table),
                    ReadBack = () => harness.ReadAsync(table, TestContext.Current.CancellationToken),
                };
            },
            new ProofOptions { Rows = 12, EpochRows = 5, Stride = Stride, RandomCases = 4, Kinds = [FaultKind.Crash, FaultKind.Error] });
        Assert.Equal(DeliveryGuarantee.ExactlyOnce, report.Guarantee);
        Assert.True(report.Steps > 30, report.ToString());
        TestContext.Current.SendDiagnosticMessage(report.ToString());
    }
}
