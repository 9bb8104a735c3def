using System.Text;

namespace Millrace.Sdk.Tests.Progress;

public class SealedTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\n  \"a\": 1\n}\n")]
    [InlineData("ß 😀 \0 #sealed 3 crc32c:00000000")]
    [InlineData("one\n#sealed 4 crc32c:00000000\n")]
    public void What_was_sealed_is_opened(string text)
        => Assert.Equal(text.EndsWith('\n') ? text : text + "\n", SealedText.Open(SealedText.Seal(text)));

    // The check value of CRC-32C (Castagnoli) in RFC 3720, B.4: 32 bytes of zeros; and the usual "123456789".
    [Theory]
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("", 0u)]
    public void The_checksum_is_crc_32c_of_the_text_before_the_seal(string text, uint withoutLineEnd)
    {
        string line = Encoding.UTF8.GetString(SealedText.Seal(text)).Split('\n')[1];
        Assert.Equal($"#sealed {text.Length + 1} crc32c:{Crc(text + "\n"):x8}", line);
        Assert.Equal(withoutLineEnd, Crc(text));
    }

    [Theory]
    [InlineData("{\n  \"name\": \"ä\"\n}\n")]
    [InlineData("")]
    public void No_cut_flip_or_zero_at_any_byte_goes_unseen(string text)
    {
        byte[] whole = SealedText.Seal(text);
        for (int at = 0; at < whole.Length; at++)
        {
            Assert.Null(SealedText.Open(whole.AsSpan(0, at)));
            for (int bit = 0; bit < 8; bit++)
            {
                Assert.Null(SealedText.Open(With(whole, at, (byte)(whole[at] ^ (1 << bit)))));
            }

            Assert.Null(SealedText.Open(With(whole, at, 0)));
            Assert.Null(SealedText.Open([.. whole.AsSpan(0, at), .. whole.AsSpan(at + 1)]));
            Assert.Null(SealedText.Open([.. whole.AsSpan(0, at), whole[at], .. whole.AsSpan(at)]));
        }
    }

    [Fact]
    public void Text_after_the_seal_or_two_sealed_texts_in_a_row_are_refused()
    {
        byte[] whole = SealedText.Seal("{}");
        Assert.Null(SealedText.Open([.. whole, .. "\n"u8]));
        Assert.Null(SealedText.Open([.. whole, .. whole]));
        Assert.Null(SealedText.Open([.. whole, .. new byte[4096]]));
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        changed[at] = value;
        return changed;
    }

    // Bit by bit, from the polynomial.
    private static uint Crc(string text)
    {
        uint crc = ~0u;
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
            }
        }

        return ~crc;
    }
}
