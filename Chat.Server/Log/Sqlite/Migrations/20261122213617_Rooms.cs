using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Chat.Server.Log.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Rooms : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // WITHOUT ROWID keeps the events of a room together in the order in which they are read, in one tree instead of two.
            // EF Core has no word for it.
            migrationBuilder.Sql("""
                CREATE TABLE "Events" (
                    "RoomId" TEXT NOT NULL,
                    "Seq" INTEGER NOT NULL,
                    "Type" TEXT NOT NULL,
                    "SenderId" TEXT NOT NULL,
                    "SenderName" TEXT NOT NULL,
                    "At" INTEGER NOT NULL,
                    "ClientId" TEXT NULL,
                    "Body" TEXT NULL,
                    "ReplyTo" INTEGER NULL,
                    "Target" INTEGER NULL,
                    "ById" TEXT NULL,
                    "ByName" TEXT NULL,
                    "Change" TEXT NULL,
                    CONSTRAINT "PK_Events" PRIMARY KEY ("RoomId", "Seq")
                ) WITHOUT ROWID;
                """);

            migrationBuilder.CreateTable(
                name: "Members",
                columns: table => new
                {
                    RoomId = table.Column<string>(type: "TEXT", nullable: false),
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    UserName = table.Column<string>(type: "TEXT", nullable: false),
                    Owner = table.Column<bool>(type: "INTEGER", nullable: false),
                    JoinSeq = table.Column<long>(type: "INTEGER", nullable: false),
                    LeftSeq = table.Column<long>(type: "INTEGER", nullable: true),
                    ReadUpTo = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Members", x => new { x.RoomId, x.UserId });
                });

            migrationBuilder.CreateTable(
                name: "Probe",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Probe", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Rooms",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Kind = table.Column<int>(type: "INTEGER", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    NameKey = table.Column<string>(type: "TEXT", nullable: false),
                    Topic = table.Column<string>(type: "TEXT", nullable: false),
                    Head = table.Column<long>(type: "INTEGER", nullable: false),
                    DirectKey = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Rooms", x => x.Id);
                });

            migrationBuilder.InsertData(
                table: "Probe",
                columns: new[] { "Id", "At" },
                values: new object[] { 1, 0L });

            migrationBuilder.CreateIndex(
                name: "IX_Events_RoomId_ClientId_SenderId",
                table: "Events",
                columns: new[] { "RoomId", "ClientId", "SenderId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Events_RoomId_Target",
                table: "Events",
                columns: new[] { "RoomId", "Target" },
                filter: "\"Target\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Members_UserId",
                table: "Members",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_Rooms_DirectKey",
                table: "Rooms",
                column: "DirectKey",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Rooms_Kind_NameKey",
                table: "Rooms",
                columns: new[] { "Kind", "NameKey" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Events");

            migrationBuilder.DropTable(
                name: "Members");

            migrationBuilder.DropTable(
                name: "Probe");

            migrationBuilder.DropTable(
                name: "Rooms");
        }
    }
}
