using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres.Changes;

/// <summary>A stream that several tables share gives each its own changes once, wherever it begins anew.</summary>
public sealed class FeedRouterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Each_feed_gets_every_transaction_of_its_table_once_and_whole_however_often_the_stream_begins_anew(int seed)
    {
        var random = new Random(seed);
        List<Transaction> log = [.. Enumerable.Range(1, 300).Select(i => new Transaction((ulong)i * 100, [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => (uint)random.Next(1, 5))]))];
        var router = new FeedRouter();
        var readers = new Dictionary<uint, Reader>();
        ulong confirmed = 100;
        for (uint table = 1; table <= 3; table++)
        {
            router.Expect(Name(table), StakeKind.Unknown);
            readers[table] = new Reader(table, 100);
        }

        (int Transaction, int Message) at = (0, 0);
        bool begins = true;
        int late = 0;
        while (readers.Values.Any(r => r.Feed is null || r.Got.Count < Expected(log, r.Table).Count))
        {
            Reader reader = readers[(uint)random.Next(1, 4)];
            if (reader.Feed is null)
            {
                // A new attempt: it goes on behind its last commit.
                reader.Begin(router, out bool isThere);
                begins |= !isThere;
            }
            else if (random.Next(60) == 0)
            {
                router.Detach(Name(reader.Table), reader.Feed);
                reader.Die();
            }
            else if (random.Next(100) == 0)
            {
                begins = true;
            }

            if (router.Least() is { } least)
            {
                foreach (Reader other in readers.Values)
                {
                    // What a table has yet to commit is never forgotten.
                    Transaction? lost = log.Find(t => t.Commit < least && t.Commit >= other.Committed && t.Tables.Contains(other.Table));
                    Assert.True(lost is null, $"The commit at {lost?.Commit} of table {other.Table} would be forgotten: {least}, {other.Committed}, confirmed {confirmed}, feed {other.Feed is not null}, got {other.Got.Count} at {at}");
                }

                confirmed = Math.Max(confirmed, least);
            }

            // What is on its way may still come before.
            if (begins && ++late % 2 == 0)
            {
                begins = false;
                at = (log.FindIndex(t => t.End > confirmed), 0);
                at = at.Transaction < 0 ? (log.Count, 0) : at;
                router.Restart(confirmed);
            }

            for (int i = random.Next(0, 30); i > 0 && at.Transaction < log.Count; i--)
            {
                IReadOnlyList<byte[]> messages = log[at.Transaction].Messages;
                router.Take(messages[at.Message]);
                at = at.Message + 1 < messages.Count ? (at.Transaction, at.Message + 1) : (at.Transaction + 1, 0);
            }

            foreach (Reader other in readers.Values.Where(_ => random.Next(2) == 0))
            {
                other.Read(random.Next(0, 40));
                if (random.Next(3) == 0 && other.Feed is not null)
                {
                    other.Commit();
                    router.Acknowledge(Name(other.Table), other.Committed);
                }
            }
        }

        foreach (Reader reader in readers.Values)
        {
            Assert.Equal(Expected(log, reader.Table), reader.Got);
            router.Detach(Name(reader.Table), reader.Feed!);
        }
    }

    [Fact]
    public void Nothing_is_forgotten_while_a_table_has_not_told_where_it_stands()
    {
        var router = new FeedRouter();
        Assert.Null(router.Least());
        router.Expect("public.a", StakeKind.Unknown);
        router.Hold("public.b", 500);
        router.ReceivedUpTo(900);
        Assert.Null(router.Least());
        router.Hold("public.a", 300);

        // Nothing of either is open, so that what others wrote can go.
        Assert.Equal(900UL, router.Least());
    }

    private static string Name(uint table) => $"public.t{table}";

    private static List<string> Expected(List<Transaction> log, uint table)
        => [.. log.Where(t => t.Tables.Contains(table)).Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Commit}: {string.Join(',', t.Tables.Index().Where(m => m.Item == table).Select(m => m.Index))}"))];

    /// <summary>One transaction, and the messages by which it comes.</summary>
    private sealed class Transaction(ulong commit, uint[] tables)
    {
        public ulong Commit => commit;

        public ulong End => commit + 50;

        public uint[] Tables => tables;

        // The columns are told each time; a real server tells them once a stream, and when they change.
        public IReadOnlyList<byte[]> Messages { get; } =
        [
            [(byte)'B', .. Bytes(commit), .. Bytes(0), 0, 0, 0, 0],
            .. tables.Distinct().Select(t => (byte[])[(byte)'R', .. Bytes(t)[4..], .. Encoding.UTF8.GetBytes($"public\0t{t}\0"), (byte)'d', 0, 0]),
            .. tables.Select((t, i) => (byte[])[(byte)'I', .. Bytes(t)[4..], .. Bytes((ulong)i)]),
            [(byte)'C', 0, .. Bytes(commit), .. Bytes(commit + 50), .. Bytes(0)],
        ];

        private static byte[] Bytes(ulong value)
        {
            byte[] bytes = new byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
            return bytes;
        }
    }

    /// <summary>Reads the feed of a table as a job does, and loses what it has not committed when it dies.</summary>
    private sealed class Reader(uint table, ulong begin)
    {
        private readonly List<string> _staged = [];
        private readonly List<string> _open = [];
        private ulong _commit;
        private ulong _read = begin;

        public uint Table => table;

        public TableFeed? Feed { get; private set; }

        public ulong Committed { get; private set; } = begin;

        public List<string> Got { get; } = [];

        public void Begin(FeedRouter router, out bool isThere)
        {
            _read = Committed;
            Feed = router.Attach(Name(table), table, Committed, out isThere);
        }

        public void Die()
        {
            Feed = null;
            _staged.Clear();
            _open.Clear();
        }

        public void Commit()
        {
            Got.AddRange(_staged);
            _staged.Clear();
            Committed = _read;
        }

        public void Read(int most)
        {
            while (most-- > 0 && Feed?.MoveNext() == true)
            {
                byte[] message = new byte[Feed.Length];
                Assert.True(Feed.CopyToAsync(message, default).IsCompletedSuccessfully);
                switch ((char)message[0])
                {
                    case 'B':
                        Assert.Empty(_open);
                        _commit = BinaryPrimitives.ReadUInt64BigEndian(message.AsSpan(1));
                        break;
                    case 'I':
                        Assert.Equal(table, BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(1)));
                        _open.Add(BinaryPrimitives.ReadUInt64BigEndian(message.AsSpan(5)).ToString(CultureInfo.InvariantCulture));
                        break;
                    case 'C':
                        _staged.Add(string.Create(CultureInfo.InvariantCulture, $"{_commit}: {string.Join(',', _open)}"));
                        _open.Clear();
                        _read = BinaryPrimitives.ReadUInt64BigEndian(message.AsSpan(10));
                        break;
                    default:
                        Assert.Equal('R', (char)message[0]);
                        break;
                }
            }
        }
    }
}
