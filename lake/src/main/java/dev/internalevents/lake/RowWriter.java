package dev.internalevents.lake;

import java.util.List;
import org.apache.iceberg.parquet.ParquetValueWriter;
import org.apache.iceberg.parquet.TripleWriter;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.schema.MessageType;

/** Writes rows by cells, instead of through Iceberg's writers of records. */
final class RowWriter implements ParquetValueWriter<Row> {

    private final MessageType file;
    private final Cell[] cells;

    RowWriter(MessageType file, List<Cell> cells) {
        this.file = file;
        this.cells = cells.toArray(new Cell[0]);
    }

    @Override
    public void write(int repetition, Row row) {
        for (Cell cell : cells) {
            cell.write(row);
        }
    }

    @Override
    public List<TripleWriter<?>> columns() {
        return List.of(); // Only writers that contain this one ask.
    }

    @Override
    public void setColumnStore(ColumnWriteStore store) {
        for (Cell cell : cells) {
            cell.open(store, file);
        }
    }
}
