namespace Millrace.Formats.Parquet;

/// <summary>Statistics of a geometry or geography column.</summary>
public sealed class GeospatialStatistics : IThriftStruct<GeospatialStatistics>
{
    public BoundingBox? Box { get; set; }

    /// <summary>Codes of well-known binary.</summary>
    public int[]? GeometryTypes { get; set; }

    public static GeospatialStatistics Read(ref ThriftReader reader)
    {
        var value = new GeospatialStatistics();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.Box = reader.Struct<BoundingBox>();
                    break;
                case 2:
                    value.GeometryTypes = reader.Ints();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.Struct(1, Box);
        writer.Ints(2, GeometryTypes);
    }
}
