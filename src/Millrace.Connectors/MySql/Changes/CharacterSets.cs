using System.Globalization;
using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>The character sets of a server by the numbers of their collations, which the log names.</summary>
internal sealed class CharacterSets(IReadOnlyDictionary<int, string> names)
{
    // Names of sets whose bytes are UTF-8, and numbers or names of code pages for the others whose characters are the same.
    private static readonly Dictionary<string, int> CodePages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ascii"] = 65001,
        ["utf8"] = 65001,
        ["utf8mb3"] = 65001,
        ["utf8mb4"] = 65001,
        ["ucs2"] = 1201,
        ["utf16"] = 1201,
        ["utf16le"] = 1200,
        ["utf32"] = 12001,
        ["latin1"] = 1252,
        ["latin2"] = 28592,
        ["latin5"] = 28599,
        ["latin7"] = 28603,
        ["greek"] = 28597,
        ["hebrew"] = 28598,
        ["cp1250"] = 1250,
        ["cp1251"] = 1251,
        ["cp1256"] = 1256,
        ["cp1257"] = 1257,
        ["cp850"] = 850,
        ["cp852"] = 852,
        ["cp866"] = 866,
        ["koi8r"] = 20866,
        ["koi8u"] = 21866,
        ["gbk"] = 936,
        ["big5"] = 950,
        ["cp932"] = 932,
        ["euckr"] = 51949,
        ["gb18030"] = 54936,
    };

    private const int Utf8Page = 65001;

    public static async ValueTask<CharacterSets> FindAsync(MySqlConnection connection, CancellationToken cancellation)
    {
        const string known = "SELECT ID, CHARACTER_SET_NAME FROM information_schema.COLLATIONS WHERE ID IS NOT NULL";

        // Newer collations of MariaDB go with several sets, and have a number with each.
        const string combined = "SELECT ID, CHARACTER_SET_NAME FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY WHERE ID IS NOT NULL";
        List<string?[]> rows = await connection.QueryAsync(known, cancellation).ConfigureAwait(false);
        if (connection.IsMariaDb)
        {
            try
            {
                rows.AddRange(await connection.QueryAsync(combined, cancellation).ConfigureAwait(false));
            }
            catch (ServerException e) when (e.Number == 1054)
            {
                // A server that has no such collations has no such column.
            }
        }

        var names = new Dictionary<int, string>();
        foreach (string?[] row in rows)
        {
            names[int.Parse(row[0]!, CultureInfo.InvariantCulture)] = row[1]!;
        }

        return new CharacterSets(names);
    }

    public string NameOf(int collation) => names.GetValueOrDefault(collation) ?? string.Create(CultureInfo.InvariantCulture, $"of the collation {collation}");

    /// <summary>How to read texts with a collation.</summary>
    /// <param name="collation">Its number.</param>
    /// <param name="encoding">Null where the bytes are UTF-8.</param>
    /// <returns>False for a set that is not known here.</returns>
    public bool TryFind(int collation, out Encoding? encoding)
    {
        encoding = null;
        if (!names.TryGetValue(collation, out string? name) || !CodePages.TryGetValue(name, out int page))
        {
            return false;
        }

        encoding = page == Utf8Page ? null : CodePagesEncodingProvider.Instance.GetEncoding(page) ?? Encoding.GetEncoding(page);
        return true;
    }
}
