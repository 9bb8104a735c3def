namespace Millrace.Runtime.Tests.Limits;

public sealed class StageWatchdogTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly List<string> _reports = [];
    private readonly StageWatchdog _dog;
    private readonly StageHeartbeat _read;
    private readonly StageHeartbeat _write;

    public StageWatchdogTests()
    {
        _dog = new StageWatchdog(TimeSpan.FromSeconds(60), _time, _reports.Add);
        _read = _dog.Add("read");
        _write = _dog.Add("write");
    }

    public void Dispose() => _dog.Dispose();

    [Fact]
    public void It_names_the_stuck_stage_what_it_does_and_who_waits_for_it()
    {
        _read.WaitFor("write");
        _write.Work("write to lake/orders/ epoch 12");
        Pass(60);

        Assert.Equal(["write has made no progress for 1m: write to lake/orders/ epoch 12; read waits for it"], _reports);
    }

    [Fact]
    public void It_is_quiet_as_long_as_there_is_progress()
    {
        for (int i = 0; i < 50; i++)
        {
            _read.Work("read a.csv");
            _write.Beat();
            Pass(59);
        }

        Assert.Empty(_reports);
    }

    [Fact]
    public void A_stall_is_reported_once_and_the_next_one_again()
    {
        _write.Work("write to x");
        Pass(600);
        Assert.Single(_reports);

        _write.Beat();
        Pass(59);
        Assert.Single(_reports);
        Pass(1);
        Assert.Equal(2, _reports.Count);
    }

    [Fact]
    public void A_stage_that_waits_for_one_that_works_is_not_at_fault()
    {
        _read.WaitFor("write");
        for (int i = 0; i < 20; i++)
        {
            _write.Work("write to x");
            Pass(30);
        }

        Assert.Empty(_reports);
    }

    [Fact]
    public void Rest_is_no_stall()
    {
        _read.Rest();
        _write.Work("write to x");
        _write.Rest();
        Pass(3600);

        Assert.Empty(_reports);
    }

    [Fact]
    public void Stages_that_wait_for_each_other_are_stuck_though_none_works()
    {
        _read.WaitFor("write");
        _write.WaitFor("read");
        Pass(60);

        Assert.Equal(2, _reports.Count);
        Assert.Equal("read has made no progress for 1m: it waits for write; write waits for it", _reports[0]);
    }

    [Fact]
    public void Lanes_that_wait_for_the_writer_are_no_circle_while_one_of_them_reads()
    {
        StageHeartbeat current = _dog.Add("read");
        _read.WaitFor("write");
        _write.WaitFor("read");
        current.Work("reading b.csv");
        Pass(60);

        Assert.Equal(["read has made no progress for 1m: reading b.csv; write waits for it"], _reports);
    }

    [Fact]
    public void Waiting_for_a_stage_that_is_gone_is_not_its_fault()
    {
        _read.WaitFor("nobody");
        _write.WaitFor("read");
        Pass(60);

        Assert.Empty(_reports);
    }

    [Fact]
    public void A_stage_that_ended_is_not_looked_at()
    {
        _write.Work("write to x");
        _dog.Remove(_write);
        Pass(600);

        Assert.Empty(_reports);
    }

    [Fact]
    public void Once_started_it_looks_by_itself_until_it_is_disposed()
    {
        _dog.Start();
        _write.Work("write to x");
        _time.Advance(TimeSpan.FromSeconds(64));
        Assert.Single(_reports);

        _write.Beat();
        _dog.Dispose();
        _time.Advance(TimeSpan.FromSeconds(600));
        _dog.Look();

        Assert.Single(_reports);
        Assert.Equal(0, _time.Waiting);
    }

    [Fact]
    public void Without_a_limit_it_never_looks()
    {
        using var dog = new StageWatchdog(TimeSpan.Zero, _time, _reports.Add);
        dog.Add("read").Work("x");
        dog.Start();
        _time.Advance(TimeSpan.FromDays(1));
        dog.Look();

        Assert.Empty(_reports);
        Assert.Equal(0, _time.Waiting);
    }

    [Fact]
    public async Task Stages_may_beat_while_it_looks()
    {
        using var stop = new CancellationTokenSource();
        Task beating = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    _write.Work("write to x");
                    _write.Beat();
                    _dog.Remove(_dog.Add("other"));
                }
            },
            CancellationToken.None);
        for (int i = 0; i < 2000; i++)
        {
            _dog.Look();
        }

        await stop.CancelAsync();
        await beating;
        Assert.Empty(_reports);
    }

    // Looks after the time has passed, as the timer would at last.
    private void Pass(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _dog.Look();
        _dog.Look();
    }
}
