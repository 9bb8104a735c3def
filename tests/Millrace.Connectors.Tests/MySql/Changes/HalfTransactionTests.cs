using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql.Changes;

/// <summary>A file that ends within a transaction, since the server died while it wrote it, and the file that it began when it was started again.</summary>
public class HalfTransactionTests
{
    private const string Server = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

    private static readonly List<byte[]> Events = LogFile.Read();
    private static readonly int End = Events.FindIndex(e => LogFile.Is(e, LogEventType.Xid));
    private static readonly int Deletion = Events.FindIndex(e => LogFile.Is(e, LogEventType.DeleteRowsV1)) - 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Leaves_nothing_whatever_it_was_cut_at(int missing)
    {
        (List<string> rows, List<string> notes) = LogFile.Decode(Log(missing));
        Assert.Equal(["D id=3"], rows.Select(LogFile.Brief));
        Assert.Equal(missing == 1 ? ["shop.t: the file of the binary log before binlog.000003 ends within a transaction: the server died while it wrote it, and rolled it back; 2 rows are left out"] : [], notes);
    }

    [Fact]
    public void Takes_no_row_of_those_that_were_committed_before()
    {
        // The second transaction has three rows; the first is whole.
        int second = Events.FindIndex(End + 1, e => LogFile.Is(e, LogEventType.Xid));
        List<string> rows = LogFile.Decode([.. Events[..second], .. Next(isStarted: true)]).Rows;
        Assert.Equal(["I id=1", "I id=2", "D id=3"], rows.Select(r => LogFile.Brief(r)[..6]));
    }

    [Fact]
    public void Moves_the_position_to_where_the_next_file_begins()
    {
        LogPosition end = default;
        LogFile.Decode([.. Events[..End], .. Next(isStarted: true)[..2]], hasGtids: true, end: p => end = p);
        LogPosition before = default;
        LogFile.Decode(Events[..8], hasGtids: true, end: p => before = p);
        Assert.Equal(("binlog.000003", 4L, 0UL), (end.File, end.At, end.Transaction));
        Assert.Equal(before.Gtids, end.Gtids);
    }

    [Fact]
    public void Gives_its_number_back_to_the_server()
    {
        byte[][] whole = Numbered(Events[End - 2], Events[End - 1]);
        byte[][] log = [Events[0], .. whole[..^1], .. Next(isStarted: true)[..2], .. whole];
        LogPosition end = default;
        (List<string> rows, _) = LogFile.Decode(log, new LogPosition("binlog.000002", 4) { Gtids = $"{Server}:1-4" }, hasGtids: true, end: p => end = p);
        Assert.Equal(["I id=1", "I id=2"], rows.Select(r => LogFile.Brief(r)[..6]));
        Assert.Equal($"{Server}:1-5", end.Gtids);
    }

    [Fact]
    public void Fails_an_attempt_that_has_handed_over_rows_of_it_and_is_left_out_by_the_next()
    {
        var half = new HalfTransactions();
        MillraceException error = Assert.Throws<MillraceException>(() => LogFile.Decode(Log(1), batchRows: 1, half: half));
        Assert.Equal(("MR3354", ErrorClass.Retryable), (error.Code.Id, error.Code.Class));
        Assert.Contains("2 rows were handed over", error.Message, StringComparison.Ordinal);
        Assert.Equal(["D id=3"], LogFile.Decode(Log(1), batchRows: 1, half: half).Rows.Select(LogFile.Brief));
    }

    [Fact]
    public void Known_of_one_file_says_nothing_of_another_of_the_same_name()
    {
        var half = new HalfTransactions();
        Assert.Throws<MillraceException>(() => LogFile.Decode(Log(1), batchRows: 1, half: half));
        byte[] later = [.. Events[0]];
        later[0]++;
        Assert.Equal(14, LogFile.Decode([LogFile.Sealed(later), .. Events[1..]], half: half).Rows.Count);
        Assert.Equal(12, LogFile.Decode(Events, half: half).Rows.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void Is_none_where_the_server_was_not_started_again(int batchRows)
    {
        var half = new HalfTransactions();
        MillraceException error = Assert.Throws<MillraceException>(() => LogFile.Decode([.. Events[..End], .. Next(isStarted: false)], batchRows: batchRows, half: half));
        Assert.Equal("MR3354", error.Code.Id);
        Assert.Equal(14, LogFile.Decode(Events, half: half).Rows.Count);
    }

    // The first transaction without its last events, and then another file with a row that is deleted.
    private static List<byte[]> Log(int missing) => [.. Events[..(End + 1 - missing)], .. Next(isStarted: true)];

    private static byte[][] Next(bool isStarted)
        => [LogFile.Rotation("binlog.000003"), LogFile.Description(Events[0], isStarted), .. Events[Deletion..].Take(5)];

    private static byte[][] Numbered(byte[] map, byte[] rows)
    {
        // Flags, the server, the number, and what the decoder passes over.
        byte[] group = new byte[42];
        Guid.Parse(Server).TryWriteBytes(group.AsSpan(1), bigEndian: true, out _);
        group[17] = 5;
        return [LogFile.Event(LogEventType.Gtid, 1000, group), LogFile.Query(1010, "shop", "BEGIN"), LogFile.Moved(map, 1100), LogFile.Moved(rows, 1200), LogFile.Event(LogEventType.Xid, 1300, new byte[8])];
    }
}
