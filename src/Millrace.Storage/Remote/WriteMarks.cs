using System.Globalization;
using System.Text;

namespace Millrace.Storage;

/// <summary>What a write leaves on an object beside its bytes.</summary>
/// <param name="Id">Tells this write from others.</param>
/// <param name="Tags">What the data is, the most important first.</param>
internal sealed record WriteMarks(string Id, IReadOnlyList<KeyValuePair<string, string>> Tags)
{
    // Amazon takes 2 KB of metadata in all, Azure and Google 8 KB.
    private const int MetadataBytes = 1600;
    private const int MostTags = 10;
    private const int LongestTagName = 128;
    private const int LongestTagValue = 256;

    public static WriteMarks Of(string id) => new(id, []);

    /// <summary>Tags as metadata: names of small letters, values that a header takes. What does not fit into the least that a cloud takes is left out.</summary>
    /// <param name="isName">Characters of names beside letters and digits.</param>
    public IEnumerable<KeyValuePair<string, string>> AsMetadata(Func<char, bool> isName)
    {
        int room = MetadataBytes;
        foreach ((string name, string value) in Tags)
        {
            var pair = KeyValuePair.Create(NameOf(name, isName), HeaderOf(value));
            room -= pair.Key.Length + pair.Value.Length;
            if (room >= 0)
            {
                yield return pair;
            }
        }
    }

    /// <summary>As tags of the cloud: ten, of letters, digits, blanks and <c>+ - . / : = _</c>, which Amazon and Azure take both.</summary>
    public IEnumerable<KeyValuePair<string, string>> AsTags()
        => Tags.Take(MostTags).Select(t => KeyValuePair.Create(Cut(TagText(t.Key), LongestTagName), Cut(TagText(t.Value), LongestTagValue)));

    private static string NameOf(string name, Func<char, bool> isName)
        => string.Create(name.Length, (name, isName), static (text, given) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                char c = char.ToLowerInvariant(given.name[i]);
                text[i] = char.IsAsciiLetterOrDigit(c) || given.isName(c) ? c : '_';
            }
        });

    // Bytes that a header does not take stand as in addresses: %C3%A4.
    private static string HeaderOf(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(value.Trim()))
        {
            _ = b is >= 0x20 and < 0x7f and not (byte)'%' ? text.Append((char)b) : text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return text.ToString();
    }

    private static string TagText(string text)
        => string.Create(text.Length, text, static (to, from) =>
        {
            for (int i = 0; i < to.Length; i++)
            {
                char c = from[i];
                to[i] = char.IsAsciiLetterOrDigit(c) || " +-./:=_".Contains(c, StringComparison.Ordinal) ? c : c == ',' ? ' ' : '_';
            }
        });

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most];
}
