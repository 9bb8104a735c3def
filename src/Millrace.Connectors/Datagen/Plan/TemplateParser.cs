using System.Globalization;
using System.Text;

namespace Millrace.Connectors.Datagen;

/// <summary>Takes a template apart.</summary>
/// <param name="fields">Fields that it can name.</param>
/// <param name="seed">Seed of the table.</param>
internal sealed class TemplateParser(FieldSet fields, long seed)
{
    private const int MostDigits = 40;
    private const int MostPieces = 1000;

    public IReadOnlyList<TemplatePiece> Parse(NamedField field, string template)
    {
        var pieces = new List<TemplatePiece>();
        var text = new StringBuilder();
        for (int i = 0; i < template.Length; i++)
        {
            char c = template[i];
            if (c is '{' or '}' && i + 1 < template.Length && template[i + 1] == c)
            {
                text.Append(c);
                i++;
                continue;
            }

            if (c == '}')
            {
                throw DatagenErrors.Field(field.Column, $"has a template with '}}' and no '{{' before it, at character {i + 1}", field.Place, "Write }} for a brace.");
            }

            if (c != '{')
            {
                text.Append(c);
                continue;
            }

            int end = template.IndexOf('}', i);
            if (end < 0)
            {
                throw DatagenErrors.Field(field.Column, $"has a template with '{{' and no '}}' behind it, at character {i + 1}", field.Place, "Write {{ for a brace.");
            }

            pieces.Add(Value(field, text.ToString(), template[(i + 1)..end]));
            text.Clear();
            i = end;
        }

        pieces.Add(new TemplatePiece(Encoding.UTF8.GetBytes(text.ToString()), null, null, 0));
        return pieces.Count <= MostPieces ? pieces : throw DatagenErrors.Field(field.Column, $"has a template with more than {MostPieces} values", field.Place);
    }

    private TemplatePiece Value(NamedField field, string before, string written)
    {
        string name = written;
        int digits = 0;
        if (written.LastIndexOf(':') is var colon and >= 0)
        {
            name = written[..colon];
            if (!int.TryParse(written.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out digits) || digits is 0 or > MostDigits)
            {
                throw DatagenErrors.Field(field.Column, $"has a template with '{{{written}}}'; a number of digits is 1 to {MostDigits}", field.Place);
            }
        }

        byte[] text = Encoding.UTF8.GetBytes(before);
        if (name == "n")
        {
            return new TemplatePiece(text, new SequenceWholes(0, 1, null), null, digits);
        }

        NamedField used = Require(field, name, "the template");
        Wholes values = WholesFactory.Of(used, seed) ?? throw Unusable(field, used);
        byte[][]? names = used.Options switch
        {
            EnumField choice => [.. choice.Values.Select(Encoding.UTF8.GetBytes)],
            BooleanField => ["false"u8.ToArray(), "true"u8.ToArray()],
            _ => null,
        };
        return new TemplatePiece(text, values, names, digits);
    }

    /// <summary>The field that an option of another one names.</summary>
    public NamedField Require(NamedField field, string name, string where)
        => fields.Find(name) ?? throw DatagenErrors.Field(
            field.Column,
            $"names '{name}' in {where}, and there is no field of that name{NearestName.Suggest(name, fields.All.Select(f => f.Column))}",
            field.Place,
            "Give the column that is named a kind of its own under `fields`.");

    public static MillraceException Unusable(NamedField field, NamedField used)
        => DatagenErrors.Field(
            field.Column,
            $"uses '{used.Column}', which is of a kind that others cannot use",
            field.Place,
            "Columns of kind sequence, zipf, reference, boolean and enum can be used.");
}
