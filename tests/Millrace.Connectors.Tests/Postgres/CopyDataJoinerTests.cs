using System.Buffers.Binary;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

public class CopyDataJoinerTests
{
    [Fact]
    public async Task Joined_messages_have_the_bytes_of_all_of_them_and_other_messages_stay_as_they_are()
    {
        var random = new Random(7);
        long joined = 0;
        long sent = 0;
        for (int i = 0; i < 2_000; i++)
        {
            List<(byte Type, byte[] Content)> messages = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Message(random))];
            byte[] bytes = [.. messages.SelectMany(Encoded)];
            using var joiner = new CopyDataJoiner(new Pieces(bytes, random, random.Next(1, 2_000)));
            List<(byte Type, byte[] Content)> read = Messages(await ReadAllAsync(joiner, random, random.Next(1, 3_000)));

            Assert.Equal(Runs(messages), Runs(read));
            sent += messages.Count;
            joined += read.Count;
        }

        Assert.InRange(joined, 1, sent / 2);
    }

    [Fact]
    public async Task Rows_that_arrive_together_are_one_message()
    {
        byte[] bytes = [.. Enumerable.Repeat(0, 100).SelectMany(_ => Encoded(((byte)'d', [1, 2, 3])))];
        using var joiner = new CopyDataJoiner(new MemoryStream(bytes));
        byte[] read = new byte[4096];
        int count = await joiner.ReadAsync(read);

        Assert.Equal(305, count);
        Assert.Equal(304, BinaryPrimitives.ReadInt32BigEndian(read.AsSpan(1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task What_is_no_message_passes_as_it_is(int length)
    {
        byte[] bytes = [(byte)'d', 0, 0, 0, 5, 9, (byte)'d', 0, 0, 0, 0, .. "and so on"u8];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(7), length);
        using var joiner = new CopyDataJoiner(new Pieces(bytes, new Random(1), 7));

        Assert.Equal(bytes, await ReadAllAsync(joiner, new Random(2), 100));
    }

    [Fact]
    public async Task Lengths_whose_sum_is_too_large_for_a_message_are_not_added_up()
    {
        byte[] bytes = [(byte)'d', 0, 0, 0, 6, 1, 2, (byte)'d', 0x7f, 0xff, 0xff, 0xff, .. new byte[100]];
        using var joiner = new CopyDataJoiner(new MemoryStream(bytes));

        Assert.Equal(bytes, await ReadAllAsync(joiner, new Random(3), 64));
    }

    // Messages of copied data follow one another as one, however many they were.
    private static List<string> Runs(List<(byte Type, byte[] Content)> messages)
    {
        var runs = new List<string>();
        byte last = 0;
        foreach ((byte type, byte[] content) in messages)
        {
            string text = Convert.ToHexString(content);
            if (type == 'd' && last == 'd')
            {
                runs[^1] += text;
            }
            else
            {
                runs.Add($"{(char)type}:{text}");
            }

            last = type;
        }

        return runs;
    }

    private static (byte Type, byte[] Content) Message(Random random)
    {
        byte[] content = new byte[random.Next(4) == 0 ? random.Next(0, 900) : random.Next(0, 30)];
        random.NextBytes(content);
        return ((byte)(random.Next(8) == 0 ? "NCEZ"[random.Next(4)] : 'd'), content);
    }

    private static IEnumerable<byte> Encoded((byte Type, byte[] Content) message)
    {
        byte[] bytes = new byte[5 + message.Content.Length];
        bytes[0] = message.Type;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), 4 + message.Content.Length);
        message.Content.CopyTo(bytes, 5);
        return bytes;
    }

    private static List<(byte Type, byte[] Content)> Messages(byte[] bytes)
    {
        var messages = new List<(byte, byte[])>();
        for (int at = 0; at < bytes.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 1));
            messages.Add((bytes[at], bytes[(at + 5)..(at + 1 + length)]));
            at += 1 + length;
        }

        return messages;
    }

    private static async Task<byte[]> ReadAllAsync(CopyDataJoiner joiner, Random random, int most)
    {
        var all = new List<byte>();
        byte[] buffer = new byte[most];
        while (true)
        {
            Memory<byte> room = buffer.AsMemory(0, random.Next(1, most + 1));
            int read = random.Next(2) == 0 ? await joiner.ReadAsync(room) : joiner.Read(room.Span);
            if (read == 0)
            {
                return [.. all];
            }

            all.AddRange(room[..read].Span);
        }
    }

    private sealed class Pieces(byte[] bytes, Random random, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, most + 1))], cancellationToken);

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, random.Next(1, most + 1))]);
    }
}
