using System.Buffers;
using System.Text;

namespace Millrace.Runtime.Tests.DeadLetters;

public sealed class DeadLetterCodecTests
{
    private static readonly ErrorPlace Place = ErrorPlace.InFile("letters.jsonl", 3);

    [Fact]
    public void A_letter_survives_a_round_trip_with_every_member()
    {
        var random = new Random(11);
        for (int i = 0; i < 500; i++)
        {
            DeadLetter letter = Letters.Random(random);

            byte[] line = Write(letter);
            var read = (LetterLineOfLetter)DeadLetterCodec.Read(line, Place);

            Assert.Equal(Letters.Print(letter), Letters.Print(read.Letter));
            Assert.Null(read.ContextId);
            Assert.DoesNotContain((byte)'\n', line);
        }
    }

    [Fact]
    public void Bytes_that_are_text_stand_as_text_and_others_as_base64()
    {
        DeadLetter letter = Letters.Random(new Random(1));

        Assert.Contains("\"raw\":\"1,\\\"é\\\"\"", Encoding.UTF8.GetString(Write(letter with { Raw = "1,\"é\""u8.ToArray() })), StringComparison.Ordinal);
        Assert.Contains("\"raw_base64\":\"/wA=\"", Encoding.UTF8.GetString(Write(letter with { Raw = new byte[] { 0xFF, 0 } })), StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_of_one_name_are_all_kept()
    {
        DeadLetter letter = Letters.Random(new Random(1)) with { Fields = [new("a", "1"), new("a", "2"), new("a", null)] };

        var read = (LetterLineOfLetter)DeadLetterCodec.Read(Write(letter), Place);

        Assert.Equal([new("a", "1"), new("a#2", "2"), new("a#3", null)], read.Letter.Fields);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_truncation_and_every_flipped_byte_gives_a_letter_or_a_clear_error(int seed)
    {
        byte[] line = Write(Letters.Random(new Random(seed)));
        int damaged = 0;
        for (int length = 0; length < line.Length; length++)
        {
            damaged += IsDamaged(line[..length]) ? 1 : 0;
        }

        Assert.Equal(line.Length, damaged);
        for (int at = 0; at < line.Length; at++)
        {
            foreach (int mask in (ReadOnlySpan<int>)[0x01, 0x20, 0x80, 0xFF])
            {
                byte[] flipped = [.. line];
                flipped[at] ^= (byte)mask;
                IsDamaged(flipped);
            }
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"event":"letter"}""")]
    [InlineData("""{"event":"other"}""")]
    [InlineData("""{"event":7}""")]
    [InlineData("""{"event":"context","id":"a","value":[]}""")]
    [InlineData("""{"event":"context","id":"a"}""")]
    [InlineData("""{"event":"replayed","id":"xyz","seen":"2026-03-01T00:00:00.0000000Z"}""")]
    [InlineData("""{"event":"replayed","id":"00000000000000000000000000000001","seen":"yesterday"}""")]
    [InlineData("""{"event":"replayed","event":"replayed"}""")]
    [InlineData("""{"event":"\ud800"}""")]
    public void A_line_that_is_none_names_file_and_line(string line)
    {
        MillraceException error = Assert.Throws<MillraceException>(() => DeadLetterCodec.Read(Encoding.UTF8.GetBytes(line), Place));

        Assert.Equal("MR4021", error.Code.Id);
        Assert.Equal("letters.jsonl:3", error.Place!.ToString());
    }

    private static bool IsDamaged(byte[] line)
    {
        try
        {
            DeadLetterCodec.Read(line, Place);
            return false;
        }
        catch (MillraceException e)
        {
            Assert.Equal("MR4021", e.Code.Id);
            return true;
        }
    }

    private static byte[] Write(DeadLetter letter)
    {
        var buffer = new ArrayBufferWriter<byte>();
        DeadLetterCodec.Write(buffer, letter, contextId: null);
        return buffer.WrittenSpan[..^1].ToArray();
    }
}
