namespace Millrace.Formats.Avro;

/// <summary>A schema in an option: JSON, or the path of a file that holds it.</summary>
internal static class AvroSchemaSource
{
    private const int MaxLength = 8 << 20;

    public static AvroType Read(string text)
    {
        if (IsJson(text))
        {
            return AvroType.Parse(text);
        }

        try
        {
            var file = new FileInfo(text);
            if (file.Length > MaxLength)
            {
                throw AvroErrors.SchemaFile(text, $"it is longer than {MaxLength} bytes");
            }

            return AvroType.Parse(File.ReadAllText(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw AvroErrors.SchemaFile(text, e.Message.TrimEnd('.'));
        }
        catch (MillraceException e) when (e.Place is null)
        {
            throw e.At(new ErrorPlace { File = text });
        }
    }

    private static bool IsJson(string text) => text.TrimStart() is ['{' or '[' or '"', ..];
}
