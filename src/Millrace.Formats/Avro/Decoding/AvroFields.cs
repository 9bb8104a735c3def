namespace Millrace.Formats.Avro;

/// <summary>Which field of a reader's record each field of the writer's record becomes.</summary>
internal static class AvroFields
{
    /// <summary>The reader's field for each of the writer's, by name, else by an alias; -1 for those it does not have.</summary>
    public static int[] Match(AvroType writer, AvroType reader, string path)
    {
        var byName = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < writer.Fields.Count; i++)
        {
            byName.Add(writer.Fields[i].Name, i);
        }

        int[] matches = new int[writer.Fields.Count];
        Array.Fill(matches, -1);
        for (int i = 0; i < reader.Fields.Count; i++)
        {
            AvroField field = reader.Fields[i];
            int found = Find(field, byName);
            if (found < 0)
            {
                continue;
            }

            if (matches[found] >= 0)
            {
                throw AvroErrors.Resolution(path, $"the fields '{reader.Fields[matches[found]].Name}' and '{field.Name}' are both the file's '{writer.Fields[found].Name}'");
            }

            matches[found] = i;
        }

        return matches;
    }

    private static int Find(AvroField field, Dictionary<string, int> byName)
    {
        if (byName.TryGetValue(field.Name, out int found))
        {
            return found;
        }

        foreach (string alias in field.Aliases)
        {
            if (byName.TryGetValue(alias, out found))
            {
                return found;
            }
        }

        return -1;
    }
}
