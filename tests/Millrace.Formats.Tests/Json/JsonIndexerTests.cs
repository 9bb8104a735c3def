using System.Text;
using Millrace.Formats.Json;
using Millrace.Formats.Text;

namespace Millrace.Formats.Tests.Json;

public unsafe class JsonIndexerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_vector_width_finds_the_tokens_of_the_definition(bool lines)
    {
        var random = new Random(3);
        byte[] alphabet = [.. "{}[]:,\"\"\"\\\\ \n\tab1-"u8, 0, 0x0C, 0x1A, 0x1F, 0x7F, 0x80, 0xFF];
        for (int i = 0; i < 3000; i++)
        {
            int length = random.Next(300);
            byte[] text = new byte[length + JsonIndexer.Overread];
            random.NextBytes(text);
            for (int k = 0; k < length; k++)
            {
                text[k] = alphabet[random.Next(i % 2 == 0 ? alphabet.Length : 12)];
            }

            int start = random.Next(length + 1);
            uint[] expected = [.. Tokens(text.AsSpan(0, length), start, lines)];
            foreach (VectorWidth width in VectorWidths.Supported)
            {
                var tokens = new uint[length + JsonIndexer.Slack];
                fixed (byte* t = text)
                fixed (uint* to = tokens)
                {
                    int count = JsonIndexer.Index(t, start, length, to, lines, out JsonTraits traits, width);
                    Assert.Equal(expected, tokens[..count]);
                    ReadOnlySpan<byte> seen = text.AsSpan(start, length - start);
                    Assert.Equal(seen.Contains((byte)'\\'), (traits & JsonTraits.Backslashes) != 0);
                    Assert.Equal(seen.ContainsAnyInRange((byte)0x80, (byte)0xFF), (traits & JsonTraits.NonAscii) != 0);
                }
            }
        }
    }

    [Fact]
    public void Long_runs_of_backslashes_escape_by_pairs()
    {
        for (int run = 0; run < 200; run++)
        {
            byte[] text = Encoding.UTF8.GetBytes("\"" + new string('\\', run) + "\"" + new string(' ', 80) + "\"" + new string(' ', JsonIndexer.Overread));
            int length = text.Length - JsonIndexer.Overread;
            foreach (VectorWidth width in VectorWidths.Supported)
            {
                var tokens = new uint[length + JsonIndexer.Slack];
                fixed (byte* t = text)
                fixed (uint* to = tokens)
                {
                    int count = JsonIndexer.Index(t, 0, length, to, false, out _, width);
                    uint close = (uint)(run % 2 == 0 ? run + 1 : length - 1);
                    Assert.Equal(close, tokens[1]);
                    Assert.Equal(run % 2 == 0 ? 3 : 2, count);
                }
            }
        }
    }

    // The definition, one byte at a time.
    private static IEnumerable<uint> Tokens(ReadOnlySpan<byte> text, int start, bool lines)
    {
        var tokens = new List<uint>();
        bool inside = false;
        bool escaped = false;
        bool word = false;
        for (int i = start; i < text.Length; i++)
        {
            byte b = text[i];
            bool wasWord = word;
            bool wasEscaped = escaped;
            word = false;
            escaped = b == '\\' && !wasEscaped;
            if (b == '"' && !wasEscaped)
            {
                tokens.Add((uint)i);
                inside = !inside;
            }
            else if (inside)
            {
                if (b < 0x20)
                {
                    tokens.Add((uint)i);
                }

                if (lines && b == '\n')
                {
                    inside = false;
                    escaped = false;
                }
            }
            else if ("{}[]:,"u8.Contains(b) || b is 0x0C or 0x1A || (lines && b == '\n'))
            {
                tokens.Add((uint)i);
            }
            else if (b is not ((byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r'))
            {
                word = true;
                if (!wasWord)
                {
                    tokens.Add((uint)i);
                }
            }
        }

        return tokens;
    }
}
