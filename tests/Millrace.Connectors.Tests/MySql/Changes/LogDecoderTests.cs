using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Millrace.Connectors.Common;
using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql.Changes;

/// <summary>The decoder against the bytes of a file that MariaDB wrote, and against events that a server could send beside.</summary>
public class LogDecoderTests
{
    private static readonly string[] Whole =
    [
        "I id=1 name=one price=-1.50 day=2024-02-29 at=2024-02-29T12:34:56.789000 seen=2024-02-29T12:34:56.789123Z kind=b tags=x,z bits=21 raw=\\x01020000 big=18446744073709551615 note=hé",
        "I id=2",
        "U id=1 name=one price=2.25 day=2024-02-29 at=2024-02-29T12:34:56.789000 seen=2024-02-29T12:34:56.789123Z kind=b tags=x,z bits=21 raw=\\x01020000 big=18446744073709551615 note=hé",
        "D id=2",
        "U id=3",
        "D id=3",
        "I id=4 name=" + string.Concat(Enumerable.Repeat("long ", 40)).TrimEnd(),
        "T",
        "I id=5",
        "U without 10 id=5 name=five",
        "D without 11 id=5",
        "U without 11 id=6",
        "D id=6",
        "I id=7 z=200",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public void A_file_of_MariaDB_gives_its_changes(int batchRows)
    {
        (List<string> rows, List<string> notes) = LogFile.Decode(LogFile.Read(), batchRows: batchRows);
        Assert.Equal(Whole, rows.Select(r => LogFile.Brief(r).TrimEnd()));
        Assert.Empty(notes);
        string[] positions = [.. rows.Select(r => (string)JsonNode.Parse(r)!["_position"]!)];
        Assert.Equal(positions.Order(StringComparer.Ordinal), positions);
        Assert.Equal(positions.Length, positions.Distinct().Count());
        Assert.Equal("000002000000" + 912.ToString("X4", System.Globalization.CultureInfo.InvariantCulture) + "-00000001", positions[0]);
    }

    [Fact]
    public void Whatever_the_log_is_cut_at_what_follows_is_the_rest()
    {
        List<byte[]> events = LogFile.Read();
        int begin = events.FindIndex(e => LogFile.Is(e, LogEventType.DeleteRowsV1)) - 3;
        (List<string> rows, _) = LogFile.Decode([events[0], .. events.Skip(begin)], new LogPosition("binlog.000002", 2341));
        Assert.Equal(Whole[5..], rows.Select(r => LogFile.Brief(r).TrimEnd()));
    }

    [Fact]
    public void A_transaction_that_was_read_in_part_goes_on_behind_that_part()
    {
        (List<string> rows, _) = LogFile.Decode(LogFile.Read(), new LogPosition("binlog.000002", 4, 0, LogPosition.Of("binlog.000002", 1495), 2));
        Assert.Equal([.. Whole[..2], .. Whole[4..]], rows.Select(r => LogFile.Brief(r).TrimEnd()));
    }

    [Fact]
    public void A_file_of_the_same_name_that_was_begun_at_another_time_is_another()
        => Assert.Equal("MR3352", Assert.Throws<MillraceException>(() => LogFile.Decode(LogFile.Read(), new LogPosition("binlog.000002", 4, Created: 1))).Code.Id);

    [Fact]
    public void A_checksum_that_does_not_fit_is_an_error()
    {
        List<byte[]> events = LogFile.Read();
        events[5][^20] ^= 1;
        Assert.Contains("checksum", Assert.Throws<MillraceException>(() => LogFile.Decode(events)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transaction_that_is_rolled_back_leaves_nothing()
    {
        List<byte[]> events = LogFile.Read();
        int end = events.FindIndex(e => LogFile.Is(e, LogEventType.Xid));
        events[end] = LogFile.Query(1495, "shop", "ROLLBACK");
        Assert.Equal("U id=1", LogFile.Brief(LogFile.Decode(events).Rows[0])[..6]);
    }

    [Fact]
    public void One_whose_rows_have_other_columns_than_those_before_it_leaves_nothing_either()
    {
        List<byte[]> events = LogFile.Read();
        int first = events.FindIndex(e => LogFile.Is(e, LogEventType.Xid));
        int last = events.FindLastIndex(e => LogFile.Is(e, LogEventType.Xid));
        List<string> rows = LogFile.Decode([.. events[..(first + 1)], .. events[(last - 4)..last], LogFile.Query(5204, "shop", "ROLLBACK")]).Rows;
        Assert.Equal(Whole[..2], rows.Select(LogFile.Brief));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void One_that_was_handed_over_before_it_is_rolled_back_or_that_may_be_later_is_an_error(int batchRows)
    {
        List<byte[]> events = LogFile.Read();
        int end = events.FindIndex(e => LogFile.Is(e, LogEventType.Xid));
        events[end] = batchRows == 1 ? LogFile.Query(1495, "shop", "ROLLBACK") : LogFile.Event(LogEventType.XaPrepare, 1495, new byte[20]);
        Assert.Equal("MR3351", Assert.Throws<MillraceException>(() => LogFile.Decode(events, batchRows: batchRows)).Code.Id);
    }

    [Theory]
    [InlineData((byte)LogEventType.Incident, "MR3351")]
    [InlineData((byte)LogEventType.TransactionPayload, "MR3350")]
    [InlineData(99, "MR3354")]
    public void Events_that_may_hide_changes_are_errors(byte type, string code)
    {
        List<byte[]> events = LogFile.Read();
        events.Insert(4, LogFile.Event((LogEventType)type, 379, new byte[40]));
        Assert.Equal(code, Assert.Throws<MillraceException>(() => LogFile.Decode(events)).Code.Id);
    }

    [Fact]
    public void A_statement_that_changes_rows_and_names_none_is_an_error()
    {
        List<byte[]> events = LogFile.Read();
        events.Insert(4, LogFile.Query(379, "shop", "UPDATE t SET name = 'x'"));
        Assert.Equal("MR3351", Assert.Throws<MillraceException>(() => LogFile.Decode(events)).Code.Id);
    }

    [Theory]
    [InlineData("shop", "TRUNCATE T")]
    [InlineData("SHOP", "TRUNCATE TABLE t")]
    [InlineData("Shop", "DROP DATABASE `Shop`")]
    public void Another_table_whose_name_differs_by_its_case_is_no_concern_of_the_table(string database, string text)
    {
        List<byte[]> events = LogFile.Read();
        events.Insert(4, LogFile.Query(379, database, text));
        Assert.Equal(Whole, LogFile.Decode(events).Rows.Select(LogFile.Brief));
        Assert.Equal(["T", .. Whole], LogFile.Decode(events, ignoresCase: true).Rows.Select(LogFile.Brief));
    }

    [Theory]
    [InlineData("DROP DATABASE shop")]
    [InlineData("CREATE OR REPLACE SCHEMA shop")]
    public void The_rows_go_with_their_database(string text)
    {
        List<byte[]> events = LogFile.Read();
        int second = events.FindIndex(e => LogFile.Is(e, LogEventType.Xid)) + 1;
        events.Insert(second, LogFile.Query(1495, "shop", text));
        Assert.Equal([.. Whole[..2], "T", .. Whole[2..]], LogFile.Decode(events).Rows.Select(LogFile.Brief));
    }

    [Fact]
    public void Rows_that_go_with_a_part_of_the_table_are_noted()
    {
        List<byte[]> events = LogFile.Read();
        events.Insert(4, LogFile.Query(379, "shop", "ALTER TABLE t TRUNCATE PARTITION p1"));
        Assert.Contains("PARTITION", Assert.Single(LogFile.Decode(events).Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Transactions_and_rows_as_MySQL_writes_them_are_read_alike()
    {
        List<byte[]> events = LogFile.Read();
        int map = events.FindIndex(e => LogFile.Is(e, LogEventType.TableMap));
        byte[] rows = events[map + 1];

        // Flags, server, number, two numbers of commits, and the time of the commit in microseconds.
        byte[] group = new byte[42 + 7];
        group[25] = 2;
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(time, 1_710_000_000_123_456);
        time[..7].CopyTo(group.AsSpan(42));

        // Behind the flags of the rows stands the length of what is of no meaning, which counts itself.
        byte[] content = rows[LogEvent.HeaderLength..^4];
        byte[] extended = [.. content[..8], 5, 0, 1, 2, 3, .. content[8..]];
        byte[][] log =
        [
            events[0],
            LogFile.Event(LogEventType.Gtid, 1000, group), LogFile.Query(1010, "shop", "BEGIN"), events[map], LogFile.Event(LogEventType.WriteRows, 1400, extended), LogFile.Event(LogEventType.Xid, 1500, new byte[8]),
            LogFile.Event(LogEventType.AnonymousGtid, 1600, group), LogFile.Query(1700, "shop", "TRUNCATE t"),
        ];
        List<string> read = LogFile.Decode(log).Rows;
        Assert.Equal([Whole[0], Whole[1], "T"], read.Select(LogFile.Brief));
        Assert.Equal("2024-03-09T16:00:00.123456Z", (string)JsonNode.Parse(read[0])!["_committed_at"]!);
    }

    [Fact]
    public void Places_beyond_four_gigabytes_go_on_growing()
    {
        List<byte[]> events = LogFile.Read();
        var from = new LogPosition("binlog.000002", uint.MaxValue - 100);
        byte[][] log = [LogFile.Moved(events[0], 0), LogFile.Event(LogEventType.AnonymousGtid, 50, new byte[10]), LogFile.Query(100, "shop", "TRUNCATE t")];
        string position = (string)JsonNode.Parse(Assert.Single(LogFile.Decode(log, from).Rows))!["_position"]!;
        Assert.Equal("00000200FFFFFF9B-00000001", position);
        Assert.Equal(new LogPosition("binlog.000003", 4), new LogPosition("binlog.000002", 1L << 32).Reachable);
    }

    [Theory]
    [InlineData("one", false)]
    [InlineData("five", true)]
    public void The_row_before_an_update_is_kept_only_where_values_of_the_new_one_lie_in_it(string name, bool isKept)
    {
        List<byte[]> events = LogFile.Read();
        int at = events.FindIndex(e => LogFile.Is(e, LogEventType.UpdateRowsV1));
        at = isKept ? events.FindIndex(at + 3, e => LogFile.Is(e, LogEventType.UpdateRowsV1) && !e.AsSpan().IndexOf("five"u8).Equals(-1)) : at;
        LogFormat format = LogFormat.Read(LogEvent.Read(events[0]), events[0]);
        using var cursor = new RowCursor();
        using LogDecoder decoder = LogFile.Decoder();
        using var rows = new ChangeRows(0, 100, LogErrors.Broken);
        foreach (byte[] data in (byte[][])[events[0], events.Last(e => LogFile.Is(e, LogEventType.MariaGtid)), events[at - 1], events[at]])
        {
            decoder.Take(data, rows, []);
        }

        cursor.Open(format.Checked(events[at]).ToArray(), RowsKind.Of(LogEventType.UpdateRowsV1)!.Value, format, decoder.Shape!);
        cursor.Read(new ChangedTuple(), new ChangedTuple());
        Assert.True(rows.Data.IndexOf(Encoding.UTF8.GetBytes(name)) >= 0);
        Assert.Equal(cursor.End - (isKept ? cursor.Start : cursor.Middle), rows.Bytes);
    }

    [Fact]
    public void Statement_after_statement_of_the_same_table_allocates_nothing()
    {
        List<byte[]> events = LogFile.Read();
        int map = events.FindIndex(e => LogFile.Is(e, LogEventType.TableMap));
        using LogDecoder decoder = LogFile.Decoder();
        using var rows = new ChangeRows(0, 100, LogErrors.Broken);
        foreach (byte[] data in events[..map])
        {
            decoder.Take(data, rows, []);
        }

        int taken = Take();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            taken += Take();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(202, taken);

        int Take()
        {
            // The table gets another number each time that the server opens it.
            events[map][LogEvent.HeaderLength]++;
            events[map + 1][LogEvent.HeaderLength]++;
            decoder.Take(LogFile.Sealed(events[map]), rows, []);
            decoder.Take(LogFile.Sealed(events[map + 1]), rows, []);
            while (decoder.HasRows)
            {
                decoder.TakeRow(rows, []);
            }

            int count = rows.Count;
            rows.Clear();
            return count;
        }
    }
}
