namespace Millrace.Runtime.Tests.Failures;

public sealed class CircuitBreakerTests
{
    private const string Db = "postgres:db1";
    private const string Api = "stripe:api.stripe.com";

    private static readonly ErrorCode Passing = new("MR9001", "passes", "", ErrorDomain.External, ErrorClass.Retryable);
    private static readonly BreakerSpec Spec = new() { Failures = 3, OpenFor = TimeSpan.FromSeconds(30) };

    private readonly ManualTime _time = new();
    private readonly BreakerRegistry _registry;

    public CircuitBreakerTests() => _registry = new BreakerRegistry(_time);

    [Fact]
    public void It_opens_after_so_many_failures_in_a_row_and_says_how_long()
    {
        Fail(2);
        Assert.Equal(BreakerState.Closed, State());
        Fail(1);
        _time.Advance(TimeSpan.FromSeconds(12));

        MillraceException error = Assert.Throws<MillraceException>(() => _registry.Enter(Spec, Db));

        Assert.Equal(RuntimeErrors.CircuitOpen, error.Code);
        Assert.Equal(TimeSpan.FromSeconds(18), error.RetryAfter);
        Assert.Equal("postgres:db1 failed 3 times in a row, the last time with MR9001; it is left alone for another 18s.", error.Message);
    }

    [Fact]
    public void A_commit_in_between_starts_the_count_anew()
    {
        Fail(2);
        Succeed();
        Fail(2);

        Assert.Equal(BreakerState.Closed, State());
    }

    [Fact]
    public void When_the_time_is_over_one_attempt_goes_through_and_its_success_closes()
    {
        Open();
        using BreakerPass probe = _registry.Enter(Spec, Db);
        MillraceException other = Assert.Throws<MillraceException>(() => _registry.Enter(Spec, Db));
        Assert.Contains("another attempt is finding out", other.Message);
        Assert.Null(other.RetryAfter);

        probe.Succeeded();

        Assert.Equal(BreakerState.Closed, State());
        _registry.Enter(Spec, Db).Dispose();
    }

    [Fact]
    public void When_the_probe_fails_it_is_open_for_the_whole_time_again()
    {
        Open();
        using (BreakerPass probe = _registry.Enter(Spec, Db))
        {
            probe.Failed(Error());
        }

        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(BreakerState.Open, State());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(BreakerState.HalfOpen, State());
    }

    [Fact]
    public void A_probe_without_a_verdict_leaves_the_way_to_the_next()
    {
        Open();
        _registry.Enter(Spec, Db).Dispose();

        Assert.Equal(BreakerState.HalfOpen, State());
        _registry.Enter(Spec, Db).Dispose();
    }

    [Fact]
    public void A_pass_that_was_none_of_the_probes_does_not_end_one()
    {
        using BreakerPass before = _registry.Enter(Spec, Db);
        Open();
        using BreakerPass probe = _registry.Enter(Spec, Db);

        before.Dispose();

        Assert.Throws<MillraceException>(() => _registry.Enter(Spec, Db));
    }

    [Fact]
    public async Task Of_many_threads_one_gets_the_probe()
    {
        for (int turn = 0; turn < 50; turn++)
        {
            Open();
            int through = 0;
            var passes = new System.Collections.Concurrent.ConcurrentBag<BreakerPass>();
            using var start = new Barrier(4);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    try
                    {
                        passes.Add(_registry.Enter(Spec, Db));
                        Interlocked.Increment(ref through);
                    }
                    catch (MillraceException)
                    {
                        // Held back, as all but one are.
                    }
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            Assert.Equal(1, through);
            foreach (BreakerPass pass in passes)
            {
                pass.Succeeded();
            }
        }
    }

    [Fact]
    public void A_remote_that_asks_for_more_time_gets_it()
    {
        Fail(2);
        using (BreakerPass pass = _registry.Enter(Spec, Db))
        {
            pass.Failed(new MillraceException(Passing, "x") { RetryAfter = TimeSpan.FromMinutes(5) });
        }

        _time.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(BreakerState.Open, State());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(BreakerState.HalfOpen, State());
    }

    [Fact]
    public void Only_errors_of_the_remote_that_can_pass_count()
    {
        ErrorCode[] others =
        [
            new("MR9002", "refused for good", "", ErrorDomain.External),
            new("MR9003", "row", "", Class: ErrorClass.Data),
            new("MR9004", "own", "", ErrorDomain.Internal, ErrorClass.Retryable),
            RuntimeErrors.CircuitOpen,
        ];
        foreach (ErrorCode code in Enumerable.Repeat(others, 10).SelectMany(o => o))
        {
            using BreakerPass pass = _registry.Enter(Spec, Db);
            pass.Failed(code.Error("x"));
        }

        Assert.Equal(BreakerState.Closed, State());
    }

    [Fact]
    public void Between_two_remotes_only_the_one_that_the_error_names_is_at_fault()
    {
        for (int i = 0; i < 3; i++)
        {
            using BreakerPass pass = _registry.Enter(Spec, Api, Db);
            pass.Failed(new MillraceException(Passing, "x") { Remote = Db });
            pass.Failed(Error());
        }

        Assert.Equal(BreakerState.Open, State());
        Assert.Equal(BreakerState.Closed, _registry.For(Api).StateFor(Spec));
    }

    [Fact]
    public void The_fault_of_a_file_is_not_that_of_the_only_remote()
    {
        for (int i = 0; i < 10; i++)
        {
            using BreakerPass pass = _registry.Enter(Spec, null, Db);
            pass.Failed(Passing.Error("x", ErrorPlace.InFile("orders.csv")));
        }

        Assert.Equal(BreakerState.Closed, State());
    }

    [Fact]
    public void A_probe_of_one_remote_is_given_back_when_the_other_is_open()
    {
        Open();
        for (int i = 0; i < 3; i++)
        {
            using BreakerPass pass = _registry.Enter(Spec, Api);
            pass.Failed(Error());
        }

        MillraceException error = Assert.Throws<MillraceException>(() => _registry.Enter(Spec, Db, Api));
        Assert.Equal(Api, error.Remote);

        using BreakerPass probe = _registry.Enter(Spec, Db);
    }

    [Fact]
    public void Jobs_share_what_is_known_and_judge_it_by_their_own_thresholds()
    {
        Fail(3);

        Assert.Equal(BreakerState.Closed, _registry.For(Db).StateFor(Spec with { Failures = 4 }));
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(BreakerState.HalfOpen, State());
        Assert.Equal(BreakerState.Open, _registry.For(Db).StateFor(Spec with { OpenFor = TimeSpan.FromMinutes(2) }));
    }

    [Fact]
    public void What_is_local_or_has_no_breaker_always_goes_through()
    {
        Open(advance: false);

        using BreakerPass local = _registry.Enter(Spec, null, null);
        using BreakerPass free = _registry.Enter(null, Db);
        free.Failed(Error());
        local.Failed(Error());

        Assert.Single(_registry.All);
    }

    private void Open(bool advance = true)
    {
        while (State() == BreakerState.Closed)
        {
            Fail(1);
        }

        _time.Advance(advance ? Spec.OpenFor : TimeSpan.Zero);
    }

    private void Fail(int times)
    {
        for (int i = 0; i < times; i++)
        {
            using BreakerPass pass = _registry.Enter(Spec, Db);
            pass.Failed(Error());
        }
    }

    private void Succeed()
    {
        using BreakerPass pass = _registry.Enter(Spec, Db);
        pass.Succeeded();
    }

    private BreakerState State() => _registry.For(Db).StateFor(Spec);

    private static MillraceException Error() => Passing.Error("x");
}
