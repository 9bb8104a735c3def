using System.Text;

namespace Millrace.Runtime.Tests.Failures;

public sealed class RowErrorLedgerTests
{
    private static readonly ErrorPlace Place = new() { File = "a.csv", Line = 7, Field = "n" };

    [Fact]
    public void Fail_batch_stops_at_the_first_bad_row_with_its_code_and_place()
    {
        var errors = new SplitErrors(new FailureSpec { Strategy = FailureStrategy.FailBatch });

        MillraceException error = Assert.Throws<MillraceException>(() => errors.OnRowError(Error("x")));

        Assert.Equal("MR4001", error.Code.Id);
        Assert.Equal(7, error.Place?.Line);
    }

    [Fact]
    public void Log_and_continue_counts_and_keeps_a_sample()
    {
        var failure = new FailureSpec { Strategy = FailureStrategy.LogAndContinue };
        var ledger = new RowErrorLedger(failure, new RunProgress());

        Assert.Empty(ledger.Add(Bad(failure, 25)));

        Assert.Equal(25, ledger.Count);
        Assert.Equal(10, ledger.Sample.Count);
    }

    [Fact]
    public void Bad_rows_of_an_epoch_that_is_given_up_do_not_count()
    {
        var failure = new FailureSpec { Strategy = FailureStrategy.DeadLetter };
        var progress = new RunProgress();
        var ledger = new RowErrorLedger(failure, progress);
        ledger.Add(Bad(failure, 2));
        ledger.Commit();
        Assert.Equal(3, ledger.Add(Bad(failure, 3)).Count);

        ledger.Abort();

        Assert.Equal(2, ledger.Count);
        Assert.Equal(2, ledger.Sample.Count);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    public void More_bad_rows_than_allowed_end_the_run(int batches, int rows)
    {
        var failure = new FailureSpec { Strategy = FailureStrategy.LogAndContinue, MaxBadRows = 2 };
        var ledger = new RowErrorLedger(failure, new RunProgress());

        MillraceException error = Assert.Throws<MillraceException>(() =>
        {
            for (int i = 0; i < batches; i++)
            {
                ledger.Add(Bad(failure, rows));
            }
        });

        Assert.Equal("MR4002", error.Code.Id);
    }

    [Fact]
    public void Bad_rows_travel_with_the_batch_behind_them()
    {
        var errors = new SplitErrors(new FailureSpec { Strategy = FailureStrategy.DeadLetter });
        Assert.Null(errors.Take());
        byte[] raw = [1, 2];
        errors.OnRowError(Error("x") with { Raw = raw });
        raw[0] = 9;

        BadRows bad = errors.Take()!;

        Assert.Equal(1, bad.Count);
        Assert.Equal([1, 2], bad.Kept[0].Raw.ToArray());
        Assert.Null(errors.Take());
    }

    [Fact]
    public void Input_of_bad_rows_only_ends_the_run_before_it_fills_the_memory()
    {
        var errors = new SplitErrors(new FailureSpec { Strategy = FailureStrategy.DeadLetter });
        var raw = new byte[1 << 20];

        MillraceException error = Assert.Throws<MillraceException>(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                errors.OnRowError(Error("x") with { Raw = raw });
            }
        });

        Assert.Equal("MR4008", error.Code.Id);
    }

    [Theory]
    [InlineData(RowStage.Decode, "MR4001", 0, 0)]
    [InlineData(RowStage.Convert, null, 1, 1)]
    public void Each_stage_can_have_a_strategy_of_its_own(RowStage stage, string? code, int counted, int letters)
    {
        var failure = new FailureSpec
        {
            Strategy = FailureStrategy.LogAndContinue,
            Stages = new StageStrategies { Decode = FailureStrategy.FailBatch, Convert = FailureStrategy.DeadLetter },
        };
        var errors = new SplitErrors(failure);
        var ledger = new RowErrorLedger(failure, new RunProgress());

        MillraceException? stopped = (MillraceException?)Record.Exception(() => errors.OnRowError(Error("x") with { Stage = stage }));
        IReadOnlyList<RowError> kept = errors.Take() is { } bad ? ledger.Add(bad) : [];

        Assert.Equal(code, stopped?.Code.Id);
        Assert.Equal(counted, ledger.Count);
        Assert.Equal(letters, kept.Count);
        Assert.Equal(letters, ledger.Letters);
    }

    [Fact]
    public void The_sample_is_in_the_order_of_the_files()
    {
        var failure = new FailureSpec { Strategy = FailureStrategy.LogAndContinue };
        var ledger = new RowErrorLedger(failure, new RunProgress());
        var errors = new SplitErrors(failure);
        foreach ((string file, int line) in (ReadOnlySpan<(string, int)>)[("b", 7), ("b", 2), ("a", 9), ("a", 1)])
        {
            errors.OnRowError(Error("x") with { Place = ErrorPlace.InFile(file, line) });
        }

        ledger.Add(errors.Take()!);

        Assert.Equal(["b:2", "b:7", "a:1", "a:9"], ledger.Sample.Select(e => e.Place.ToString()));
    }

    private static BadRows Bad(FailureSpec failure, int count)
    {
        var errors = new SplitErrors(failure);
        for (int i = 0; i < count; i++)
        {
            errors.OnRowError(Error($"{i}"));
        }

        return errors.Take()!;
    }

    private static RowError Error(string raw) => new(RuntimeErrors.RequiredValueMissing, "The value is missing.", Place, Encoding.UTF8.GetBytes(raw));
}
