using System.Buffers.Binary;
using System.Text;
using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql.Changes;

/// <summary>Numbers of transactions as both kinds of server write them, in text and in events, and what a server's history says to those that are read.</summary>
public class GtidTests
{
    private const string One = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
    private const string Two = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

    [Theory]
    [InlineData("0-1-5", "0-1-5")]
    [InlineData(" 7-2-18446744073709551615, 0-1-5", "0-1-5,7-2-18446744073709551615")]
    [InlineData("0-1-5,0-2-6", "0-2-6")]
    [InlineData(One + ":1-5", One + ":1-5")]
    [InlineData("3E11FA47-71CA-11E1-9E33-C80AA9429562:1-5:7:9-9:6", One + ":1-7:9")]
    [InlineData(Two + ":1-3,\n" + One + ":3:1", One + ":1:3," + Two + ":1-3")]
    [InlineData("", null)]
    [InlineData("0-1", null)]
    [InlineData("0-1-x", null)]
    [InlineData(One + ":tag:1-5", null)]
    [InlineData(One + ":5-1", null)]
    [InlineData(One + ":0-1", null)]
    [InlineData("3e11:1-5", null)]
    public void Texts_of_servers_are_read(string text, string? expected) => Assert.Equal(expected, GtidSet.Parse(text)?.ToString());

    [Fact]
    public void Ranges_hold_the_same_numbers_as_a_plain_set()
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            var ranges = new NumberRanges();
            var plain = new HashSet<ulong>();
            for (int i = random.Next(1, 20); i > 0; i--)
            {
                ulong first = (ulong)random.Next(1, 60);
                ulong last = first + (ulong)random.Next(5);
                ranges.Add(first, last);
                for (ulong n = first; n <= last; n++)
                {
                    plain.Add(n);
                }
            }

            Assert.Equal(plain.Order(), ranges.All.SelectMany(r => Enumerable.Range((int)r.First, (int)(r.Last - r.First) + 1)).Select(n => (ulong)n));
            Assert.All(Enumerable.Range(1, 70), n => Assert.Equal(plain.Contains((ulong)n), ranges.Contains((ulong)n, (ulong)n)));
            Assert.All(Enumerable.Range(1, 70), n => Assert.Equal(plain.IsSupersetOf([(ulong)n, (ulong)n + 1, (ulong)n + 2]), ranges.Contains((ulong)n, (ulong)n + 2)));
        }
    }

    [Fact]
    public void The_beginning_of_a_file_of_MySQL_names_what_lies_before_it()
    {
        Assert.Equal($"{One}:1-5:9,{Two}:3", SourceGtids.Read(Previous((One, [(1, 6), (9, 10)]), (Two, [(3, 4)])))!.ToString());
        Assert.Equal("", SourceGtids.Read(Previous())!.ToString());
        Assert.Throws<MillraceException>(() => SourceGtids.Read(Previous((One, [(6, 6)]))));
        Assert.Throws<MillraceException>(() => SourceGtids.Read(Previous((One, [(1, 6)]))[..^9]));
    }

    [Fact]
    public void Transactions_of_MySQL_that_are_read_are_passed_over_and_the_account_goes_on()
    {
        List<byte[]> events = LogFile.Read();
        int map = events.FindIndex(e => LogFile.Is(e, LogEventType.TableMap));
        var from = new LogPosition("binlog.000002", 4) { Gtids = $"{One}:1-11", Server = Two, Shift = 40 };
        LogPosition end = default;
        List<string> rows = LogFile.Decode(
            [
                events[0], Previous((One, [(1, 10)])),
                .. Transaction(10, 1000), .. Transaction(11, 2000),
                LogFile.Event(LogEventType.Gtid, 2900, Group(8)), LogFile.Query(2950, "shop", "TRUNCATE t"),
                .. Transaction(12, 3000),
            ],
            from,
            hasGtids: true,
            end: p => end = p).Rows;

        Assert.Equal(["I id=1", "I id=2"], rows.Select(r => LogFile.Brief(r)[..6]));
        Assert.Equal($"{One}:1-12", end.Gtids);
        Assert.Equal((Two, 40, "binlog.000002", 3500), (end.Server, end.Shift, end.File, end.At));
        Assert.StartsWith(end.Place.ToString("X16", System.Globalization.CultureInfo.InvariantCulture)[..6], System.Text.Json.Nodes.JsonNode.Parse(rows[0])!["_position"]!.ToString(), StringComparison.Ordinal);

        byte[][] Transaction(long number, uint at) =>
        [
            LogFile.Event(LogEventType.Gtid, at + 100, Group(number)), LogFile.Query(at + 200, "shop", "BEGIN"), LogFile.Moved(events[map], at + 300), LogFile.Moved(events[map + 1], at + 400), LogFile.Event(LogEventType.Xid, at + 500, new byte[8]),
        ];
    }

    [Fact]
    public void A_file_of_MySQL_tells_what_is_read_where_a_place_alone_was_known_and_a_transaction_without_a_number_ends_it()
    {
        byte[][] log = [LogFile.Read()[0], Previous((One, [(1, 10)])), LogFile.Event(LogEventType.Gtid, 500, Group(10)), LogFile.Query(600, "shop", "CREATE TABLE other (id int)")];
        LogPosition end = default;
        LogFile.Decode(log, hasGtids: true, end: p => end = p);
        Assert.Equal($"{One}:1-10", end.Gtids);
        LogFile.Decode([.. log, LogFile.Event(LogEventType.AnonymousGtid, 700, Group(0)), LogFile.Query(800, "shop", "CREATE TABLE another (id int)")], hasGtids: true, end: p => end = p);
        Assert.Null(end.Gtids);
        LogFile.Decode(log, end: p => end = p);
        Assert.Null(end.Gtids);
    }

    [Fact]
    public void A_file_of_MariaDB_keeps_account_by_domain()
    {
        LogPosition end = default;
        LogFile.Decode(LogFile.Read(), hasGtids: true, end: p => end = p);
        Assert.Matches("^0-1-[0-9]+$", end.Gtids);
    }

    [Theory]
    [InlineData("0-1-5", "0-1-5", "", null, null)]
    [InlineData("0-1-5", "0-1-9,0-2-7", "", null, null)]
    [InlineData("0-1-5", "0-1-4", "", null, "MR3357")]
    [InlineData("0-1-5", "0-1-4,0-2-5", "", null, "MR3358")]
    [InlineData("0-1-5", "0-1-4", "0-1-5", null, null)]
    [InlineData("0-1-5", "", "", null, "MR3357")]
    [InlineData("0-1-5,1-1-3", "0-1-5", "", null, "MR3357")]
    [InlineData("0-1-5", "0-1-9", "", "0-1-5", null)]
    [InlineData("0-1-5", "0-1-9", "", "0-1-6", "MR3352")]
    [InlineData("0-1-5", "0-1-9,1-1-1", "", "1-1-1", "MR3352")]
    [InlineData(One + ":1-5", "0-1-5", "", null, "MR3358")]
    public void What_a_server_of_MariaDB_lacks_is_found(string read, string logged, string applied, string? purged, string? code)
        => Assert.Equal(code, DomainHistory.Of("2", logged, applied, purged, []).Obstacle(GtidSet.Parse(read)!)?.Code.Id);

    [Theory]
    [InlineData(One + ":1-5", One + ":1-5", "", null)]
    [InlineData(One + ":1-5", One + ":1-9", One + ":1-5", null)]
    [InlineData(One + ":1-5", One + ":1-9", One + ":1-6", "MR3352")]
    [InlineData(One + ":1-5", One + ":1-4", "", "MR3357")]
    [InlineData(One + ":1-5," + Two + ":1", One + ":1-9", "", "MR3358")]
    [InlineData("0-1-5", One + ":1-9", "", "MR3358")]
    public void What_a_server_of_MySQL_lacks_is_found(string read, string executed, string purged, string? code)
        => Assert.Equal(code, SourceHistory.Of(Two, "ON", executed, purged, []).Obstacle(GtidSet.Parse(read)!)?.Code.Id);

    [Theory]
    [InlineData("ON", One + ":1-5", true)]
    [InlineData("ON", "", true)]
    [InlineData("ON_PERMISSIVE", One + ":1-5", false)]
    [InlineData("ON", One + ":tag:1-5", false)]
    public void Numbers_count_where_every_transaction_has_one_that_can_be_read(string mode, string executed, bool expected)
        => Assert.Equal(expected, SourceHistory.Of(Two, mode, executed, "", []).HasGtids);

    [Fact]
    public void Positions_come_back_from_a_checkpoint_as_they_were()
    {
        var position = new LogPosition("binlog.000007", 1234, 99) { Gtids = "0-1-5", Server = "1", Shift = -3 };
        Assert.Equal(position, LogPosition.Find(PlanReading.Stored(position.ToPosition())));
        Assert.Equal(LogPosition.Of("binlog.000004", 1234), position.Place);
        Assert.Equal(new LogPosition("binlog.000007", 4, 99), LogPosition.Find(PlanReading.Stored(new LogPosition("binlog.000007", 4, 99).ToPosition())));
    }

    // GTID_LOG_EVENT: flags, the uuid, the number, and what the decoder passes over.
    private static byte[] Group(long number)
    {
        byte[] group = new byte[42];
        Guid.Parse(One).TryWriteBytes(group.AsSpan(1), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(group.AsSpan(17), number);
        return group;
    }

    // PREVIOUS_GTIDS_LOG_EVENT: how many servers; of each the uuid, how many ranges, and of each the first number and the one behind the last.
    private static byte[] Previous(params (string Uuid, (long First, long Next)[] Ranges)[] servers)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        writer.Write((long)servers.Length);
        foreach ((string uuid, (long First, long Next)[] ranges) in servers)
        {
            writer.Write(Guid.Parse(uuid).ToByteArray(bigEndian: true));
            writer.Write((long)ranges.Length);
            foreach ((long first, long next) in ranges)
            {
                writer.Write(first);
                writer.Write(next);
            }
        }

        return LogFile.Event(LogEventType.PreviousGtids, 300, content.ToArray());
    }
}
