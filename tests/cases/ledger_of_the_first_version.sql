-- The ledger of a season that the first version wrote (schema 1): messages begin with the agency's name.
-- 001 and 002 have hidden cells in both weeks; of 001 the reviewer decided 退回 (打印件看不到).
INSERT INTO decisions VALUES(2,'001|2023|V-hidden|甲//','51bf9d7c39837658','退回','打印件看不到','2024-02-05-1','outbox/2024-02-05-1/汇总_某乡_2023_2024-02-05-1.xlsx');
INSERT INTO numbers VALUES('21a607fd72ab3b3b8442f000d6249bb160f69ea6b95c785c8dd178388841d1f9',X'86A9412E7265642E62696703AB412E7265642E736D616C6C04A9412E7265642E616C6C07AB412E677265656E2E62696701AD412E677265656E2E736D616C6C00AB412E677265656E2E616C6C01');
INSERT INTO problems VALUES(1,'001|2023|V-hidden|甲//','51bf9d7c39837658','001','甲园','V-hidden','must','甲','','','甲园：甲（工作表「甲」）B2 被隐藏。应当相符。',NULL,NULL,'new');
INSERT INTO problems VALUES(1,'002|2023|V-hidden|甲//','5bd97dcf333c3412','002','乙园','V-hidden','must','甲','','','乙园：甲（工作表「甲」）B2 被隐藏。应当相符。',NULL,NULL,'new');
INSERT INTO problems VALUES(2,'001|2023|V-hidden|甲//','51bf9d7c39837658','001','甲园','V-hidden','must','甲','','','甲园：甲（工作表「甲」）B2 被隐藏。应当相符。',NULL,NULL,'still');
INSERT INTO problems VALUES(2,'002|2023|V-hidden|甲//','5bd97dcf333c3412','002','乙园','V-hidden','must','甲','','','乙园：甲（工作表「甲」）B2 被隐藏。应当相符。',NULL,NULL,'still');
INSERT INTO runs VALUES(1,'2024-02-05-1','done','fruit',2023,'某乡','2024-02-05','','{}','','汇总_某乡_2023_2024-02-05-1.xlsx','','{}',3,'{"missing": 1, "returned": 2}','{"must": 2}');
INSERT INTO runs VALUES(2,'2024-02-12-1','done','fruit',2023,'某乡','2024-02-12','','{}','','汇总_某乡_2023_2024-02-12-1.xlsx','','{}',3,'{"missing": 1, "returned": 2}','{"must": 2}');
INSERT INTO sightings VALUES(1,'乙园.xlsx','a1dd6837f284625bdb1cb68f1dbc85c5dc4d8b05bae24c94ed5f55c477326ea2','returned','002','乙园',2023,'必须改 1 条',0);
INSERT INTO sightings VALUES(1,'甲园.xlsx','7a3e6b16cb75f48fb897eff3ae732f3154f6d203b53f33660f01b4c3b6bc2df9','returned','001','甲园',2023,'必须改 1 条',0);
INSERT INTO sightings VALUES(2,'乙园.xlsx','a1dd6837f284625bdb1cb68f1dbc85c5dc4d8b05bae24c94ed5f55c477326ea2','returned','002','乙园',2023,'必须改 1 条',0);
INSERT INTO sightings VALUES(2,'甲园.xlsx','7a3e6b16cb75f48fb897eff3ae732f3154f6d203b53f33660f01b4c3b6bc2df9','returned','001','甲园',2023,'审核人退回：打印件看不到；必须改 1 条',0);
INSERT INTO versions VALUES(1,'001','7a3e6b16cb75f48fb897eff3ae732f3154f6d203b53f33660f01b4c3b6bc2df9','甲园.xlsx','returned','21a607fd72ab3b3b8442f000d6249bb160f69ea6b95c785c8dd178388841d1f9','["V-hidden|甲||"]','[]',NULL,'');
INSERT INTO versions VALUES(1,'002','a1dd6837f284625bdb1cb68f1dbc85c5dc4d8b05bae24c94ed5f55c477326ea2','乙园.xlsx','returned','21a607fd72ab3b3b8442f000d6249bb160f69ea6b95c785c8dd178388841d1f9','["V-hidden|甲||"]','[]',NULL,'');
INSERT INTO versions VALUES(2,'001','7a3e6b16cb75f48fb897eff3ae732f3154f6d203b53f33660f01b4c3b6bc2df9','甲园.xlsx','returned','21a607fd72ab3b3b8442f000d6249bb160f69ea6b95c785c8dd178388841d1f9','["V-hidden|甲||"]','[]',NULL,'');
INSERT INTO versions VALUES(2,'002','a1dd6837f284625bdb1cb68f1dbc85c5dc4d8b05bae24c94ed5f55c477326ea2','乙园.xlsx','returned','21a607fd72ab3b3b8442f000d6249bb160f69ea6b95c785c8dd178388841d1f9','["V-hidden|甲||"]','[]',NULL,'');
