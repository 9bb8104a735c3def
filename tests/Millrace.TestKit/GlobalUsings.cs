global using Millrace.Columnar;
