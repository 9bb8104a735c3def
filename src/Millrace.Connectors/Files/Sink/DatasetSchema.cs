using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>Compares the rows of a run with what a dataset holds. Each file keeps the schema it was written with; readers join them by name.</summary>
internal static class DatasetSchema
{
    /// <summary>The columns of the dataset together with those of a run.</summary>
    /// <param name="known">Columns of the dataset.</param>
    /// <param name="added">Columns of the run.</param>
    /// <param name="evolution">Whether they may differ.</param>
    /// <param name="path">What the user calls the dataset.</param>
    public static Schema Join(Schema known, Schema added, SchemaEvolution evolution, string path)
    {
        if (evolution == SchemaEvolution.Freeze && Difference(known, added) is { } difference)
        {
            throw FilesErrors.SchemaFrozen.Error($"{difference} in '{path}'.", ErrorPlace.InFile(path));
        }

        var union = new SchemaUnion();
        union.Add(known, path, inferred: false, Conflict);
        union.Add(added, "the rows to write", inferred: false, Conflict);
        return union.Build();
    }

    private static string? Difference(Schema known, Schema added)
    {
        foreach (Field field in added.Fields)
        {
            int index = known.IndexOf(field.Name);
            if (index < 0)
            {
                return $"Column '{field.Name}' is not";
            }

            if (!known[index].Type.Equals(field.Type))
            {
                return $"Column '{field.Name}' has type {field.Type} and is {known[index].Type}";
            }
        }

        Field? gone = known.Fields.FirstOrDefault(f => added.IndexOf(f.Name) < 0);
        return gone is null ? null : $"The rows have no column '{gone.Name}', which is";
    }

    private static MillraceException Conflict(string column, DataType a, string from, DataType b, string input)
        => FilesErrors.Conflict(column, a.ToString(), from, b.ToString(), input);
}
