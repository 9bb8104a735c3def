namespace Millrace.Formats.Parquet;

/// <summary>Extent of the geometries of a chunk.</summary>
public sealed class BoundingBox : IThriftStruct<BoundingBox>
{
    public double XMin { get; set; }

    public double XMax { get; set; }

    public double YMin { get; set; }

    public double YMax { get; set; }

    public double? ZMin { get; set; }

    public double? ZMax { get; set; }

    public double? MMin { get; set; }

    public double? MMax { get; set; }

    public static BoundingBox Read(ref ThriftReader reader)
    {
        var value = new BoundingBox();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.XMin = reader.Double();
                    break;
                case 2:
                    value.XMax = reader.Double();
                    break;
                case 3:
                    value.YMin = reader.Double();
                    break;
                case 4:
                    value.YMax = reader.Double();
                    break;
                case 5:
                    value.ZMin = reader.Double();
                    break;
                case 6:
                    value.ZMax = reader.Double();
                    break;
                case 7:
                    value.MMin = reader.Double();
                    break;
                case 8:
                    value.MMax = reader.Double();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(4, "a bounding box");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.Double(1, XMin);
        writer.Double(2, XMax);
        writer.Double(3, YMin);
        writer.Double(4, YMax);
        writer.Double(5, ZMin);
        writer.Double(6, ZMax);
        writer.Double(7, MMin);
        writer.Double(8, MMax);
    }
}
