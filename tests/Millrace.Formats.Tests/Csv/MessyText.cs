using System.Text;

namespace Millrace.Formats.Tests.Csv;

/// <summary>Texts that use the grammar of CSV in every way, well-formed and not.</summary>
internal static class MessyText
{
    private static readonly string[] Pieces =
    [
        "a", "1", " ", ",", ",", ",", "\n", "\n", "\n", "\r\n", "\r", "\"", "\"\"", "\"a\"", "\"x,y\"", "\"line\nbreak\"", "\"cr\r\nlf\"", "\"he said \"\"no\"\"\"", "\\", "\\\"", "é", "😀", "#", "abcdefghijklmnopqrstuvwxyz",
    ];

    /// <summary>Pieces in any order; most texts have quotes that close.</summary>
    public static byte[] Generate(Random random, int pieces)
    {
        var text = new StringBuilder();
        int wild = random.Next(3);
        for (int i = 0; i < pieces; i++)
        {
            string piece = Pieces[random.Next(Pieces.Length)];
            bool isLoose = piece is "\"" or "\"\"" or "\\" or "\\\"";
            text.Append(isLoose && wild > 0 ? "w" : piece);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
