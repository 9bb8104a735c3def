using System.Text;
using System.Text.Json.Nodes;

namespace Millrace.Runtime.Tests.Failures;

public sealed class RowErrorLedgerTests
{
    private static readonly ErrorPlace Place = new() { File = "a.csv", Line = 7, Field = "n" };

    [Fact]
    public void Fail_batch_stops_at_the_first_bad_row_with_its_code_and_place()
    {
        var ledger = new RowErrorLedger(new FailureSpec { Strategy = FailureStrategy.FailBatch }, null, new RunProgress());

        MillraceException error = Assert.Throws<MillraceException>(() => ledger.OnRowError(Error("x")));

        Assert.Equal("MR4001", error.Code.Id);
        Assert.Equal(7, error.Place?.Line);
        Assert.Equal(0, ledger.Count);
    }

    [Fact]
    public void Log_and_continue_counts_and_keeps_a_sample()
    {
        var ledger = new RowErrorLedger(new FailureSpec { Strategy = FailureStrategy.LogAndContinue }, null, new RunProgress());
        for (int i = 0; i < 25; i++)
        {
            ledger.OnRowError(Error($"{i}"));
        }

        Assert.Equal(25, ledger.Count);
        Assert.Equal(10, ledger.Sample.Count);
    }

    [Fact]
    public void More_bad_rows_than_allowed_end_the_run()
    {
        var ledger = new RowErrorLedger(new FailureSpec { Strategy = FailureStrategy.LogAndContinue, MaxBadRows = 2 }, null, new RunProgress());
        ledger.OnRowError(Error("1"));
        ledger.OnRowError(Error("2"));

        Assert.Equal("MR4002", Assert.Throws<MillraceException>(() => ledger.OnRowError(Error("3"))).Code.Id);
    }

    [Fact]
    public void Dead_letters_hold_code_place_and_original_bytes_and_appear_only_when_published()
    {
        using var folder = new TempFolder();
        var letters = new DeadLetterFile(folder.Path, "acme", "orders/daily", "run1", TimeProvider.System);
        var ledger = new RowErrorLedger(new FailureSpec { Strategy = FailureStrategy.DeadLetter }, letters, new RunProgress());
        ledger.OnRowError(Error("1,\"é\""));
        ledger.OnRowError(new RowError(RuntimeErrors.RequiredValueMissing, "bad", Place, new byte[] { 0xFF, 0x00 }));
        Assert.False(File.Exists(letters.FinalPath));

        letters.Publish();

        string[] lines = File.ReadAllLines(letters.FinalPath);
        Assert.Equal(2, lines.Length);
        JsonNode first = JsonNode.Parse(lines[0])!;
        Assert.Equal("orders/daily", (string?)first["job"]);
        Assert.Equal("MR4001", (string?)first["code"]);
        Assert.Equal(7, (int?)first["line"]);
        Assert.Equal("1,\"é\"", (string?)first["raw"]);
        Assert.Equal("/wA=", (string?)JsonNode.Parse(lines[1])!["raw_base64"]);
        Assert.StartsWith(Path.Combine(folder.Path, "acme", "orders%2Fdaily"), letters.FinalPath, StringComparison.Ordinal);
    }

    [Fact]
    public void Discarded_letters_leave_no_file()
    {
        using var folder = new TempFolder();
        var letters = new DeadLetterFile(folder.Path, "t", "j", "r", TimeProvider.System);
        letters.Add(Error("x"));

        letters.Discard();

        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    private static RowError Error(string raw) => new(RuntimeErrors.RequiredValueMissing, "The value is missing.", Place, Encoding.UTF8.GetBytes(raw));
}
